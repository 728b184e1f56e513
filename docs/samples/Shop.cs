using System.Collections.Generic;
using Pulumi;
using Pulumi.Dedicatedip;
using Pulumi.Dedicatedip.Inputs;

return await Deployment.RunAsync(() =>
{
    var lease = new DedicatedIpLease("eu", new DedicatedIpLeaseArgs
    {
        Region = "eu-west-1",
        Count = 4,
        Pools = { { "orders", 2 }, { "news", 2 } },
        UseCase = new UseCaseArgs
        {
            MailType = "TRANSACTIONAL and MARKETING",
            WebsiteUrl = "https://example.com",
            Description = "Order email, 400,000 a day, and a weekly newsletter to 50,000 readers.",
            WhyDedicated = "Our partners allow-list sender addresses.",
            OptIn = "Customers tick a box at check-out and confirm by mail.",
            BounceComplaints = "SNS feeds a suppression list within a minute.",
            CompliesWithAup = true,
        },
    });

    return new Dictionary<string, object?>
    {
        ["status"] = lease.Status,
        ["poolAddresses"] = lease.PoolAddresses,
    };
});
