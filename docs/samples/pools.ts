import * as aws from "@pulumi/aws";
import * as dedicatedip from "dedicatedip";

/** Put the addresses of each of a lease's pools into a pool of SES. */
export function pools(name: string, lease: dedicatedip.DedicatedIpLease, ...names: string[]) {
    const { region } = lease;
    const made = Object.fromEntries(names.map(poolName =>
        [poolName, new aws.sesv2.DedicatedIpPool(poolName, { poolName, region })]));
    lease.poolAddresses.apply(addresses => {
        for (const poolName of names) {
            for (const ip of addresses[poolName] ?? []) {
                new aws.sesv2.DedicatedIpAssignment(`${name}-${ip}`, {
                    ip,
                    destinationPoolName: made[poolName].poolName,
                    region,
                }, { parent: lease, deleteBeforeReplace: true });
            }
        }
    });
    return made;
}
