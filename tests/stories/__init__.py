"""Stories of leases, from the first `pulumi up` to the last: each command is a process of its own."""
