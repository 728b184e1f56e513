import * as dedicatedip from "dedicatedip";

const lease = new dedicatedip.DedicatedIpLease("eu", {
    region: "eu-west-1",
    count: 4,
    pools: { orders: 2, news: 2 },
    useCase: {
        mailType: "TRANSACTIONAL and MARKETING",
        websiteUrl: "https://example.com",
        description: "Order email, 400,000 a day, and a weekly newsletter to 50,000 readers.",
        whyDedicated: "Our partners allow-list sender addresses.",
        optIn: "Customers tick a box at check-out and confirm by mail.",
        bounceComplaints: "SNS feeds a suppression list within a minute.",
        compliesWithAup: true,
    },
});

export const status = lease.status;
export const poolAddresses = lease.poolAddresses;
