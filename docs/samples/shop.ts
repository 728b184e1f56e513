import * as dedicatedip from "dedicatedip";

const lease = new dedicatedip.DedicatedIpLease("eu", {
    region: "eu-west-1",
    count: 4,
    pools: { orders: 2, news: 2 },
    useCase: {
        mailType: "TRANSACTIONAL",
        websiteUrl: "https://example.com",
        description: "Order mails and the newsletter of our shop, 400,000 a day.",
        whyDedicated: "Our partners allow-list sender addresses.",
        optIn: "Customers tick a box at check-out and confirm by mail.",
        bounceComplaints: "SNS feeds a suppression list within a minute.",
        compliesWithAup: true,
    },
});

export const status = lease.status;
export const poolAddresses = lease.poolAddresses;
