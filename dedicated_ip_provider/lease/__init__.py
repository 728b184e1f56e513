"""What a lease is, holds and needs: pure functions over frozen values, which know neither AWS's SDK nor Pulumi."""
