package main

import (
	"example.com/pulumi-dedicatedip/sdk/go/dedicatedip"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/sesv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// pools puts the addresses of each of a lease's pools into a pool of SES.
func pools(ctx *pulumi.Context, name string, lease *dedicatedip.DedicatedIpLease, names ...string) error {
	made := map[string]pulumi.StringOutput{}
	for _, poolName := range names {
		pool, err := sesv2.NewDedicatedIpPool(ctx, poolName, &sesv2.DedicatedIpPoolArgs{
			PoolName: pulumi.String(poolName),
			Region:   lease.Region,
		})
		if err != nil {
			return err
		}
		made[poolName] = pool.PoolName
	}
	assigned := lease.PoolAddresses.ApplyT(func(addresses map[string][]string) (int, error) {
		count := 0
		for _, poolName := range names {
			for _, ip := range addresses[poolName] {
				_, err := sesv2.NewDedicatedIpAssignment(ctx, name+"-"+ip, &sesv2.DedicatedIpAssignmentArgs{
					Ip:                  pulumi.String(ip),
					DestinationPoolName: made[poolName],
					Region:              lease.Region,
				}, pulumi.Parent(lease), pulumi.DeleteBeforeReplace(true))
				if err != nil {
					return 0, err
				}
				count++
			}
		}
		return count, nil
	})
	// What is exported is waited for, and an error in there fails the run.
	ctx.Export(name+"-assigned", assigned)
	return nil
}
