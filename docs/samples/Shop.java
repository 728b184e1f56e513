import com.pulumi.Pulumi;
import com.pulumi.dedicatedip.DedicatedIpLease;
import com.pulumi.dedicatedip.DedicatedIpLeaseArgs;
import com.pulumi.dedicatedip.inputs.UseCaseArgs;
import java.util.Map;

public class Shop {
    public static void main(String[] args) {
        Pulumi.run(ctx -> {
            var lease = new DedicatedIpLease("eu", DedicatedIpLeaseArgs.builder()
                .region("eu-west-1")
                .count(4)
                .pools(Map.of("orders", 2, "news", 2))
                .useCase(UseCaseArgs.builder()
                    .mailType("TRANSACTIONAL and MARKETING")
                    .websiteUrl("https://example.com")
                    .description("Order email, 400,000 a day, and a weekly newsletter to 50,000 readers.")
                    .whyDedicated("Our partners allow-list sender addresses.")
                    .optIn("Customers tick a box at check-out and confirm by mail.")
                    .bounceComplaints("SNS feeds a suppression list within a minute.")
                    .compliesWithAup(true)
                    .build())
                .build());
            ctx.export("status", lease.status());
            ctx.export("poolAddresses", lease.poolAddresses());
        });
    }
}
