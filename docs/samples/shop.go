package main

import (
	"example.com/pulumi-dedicatedip/sdk/go/dedicatedip"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		lease, err := dedicatedip.NewDedicatedIpLease(ctx, "eu", &dedicatedip.DedicatedIpLeaseArgs{
			Region: pulumi.String("eu-west-1"),
			Count:  pulumi.Int(4),
			Pools:  pulumi.IntMap{"orders": pulumi.Int(2), "news": pulumi.Int(2)},
			UseCase: dedicatedip.UseCaseArgs{
				MailType:         pulumi.String("TRANSACTIONAL and MARKETING"),
				WebsiteUrl:       pulumi.String("https://example.com"),
				Description:      pulumi.String("Order email, 400,000 a day, and a weekly newsletter to 50,000 readers."),
				WhyDedicated:     pulumi.String("Our partners allow-list sender addresses."),
				OptIn:            pulumi.String("Customers tick a box at check-out and confirm by mail."),
				BounceComplaints: pulumi.String("SNS feeds a suppression list within a minute."),
				CompliesWithAup:  pulumi.Bool(true),
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("status", lease.Status)
		ctx.Export("poolAddresses", lease.PoolAddresses)
		return nil
	})
}
