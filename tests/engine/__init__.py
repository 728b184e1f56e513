"""Stories on the real Pulumi engine, with a desk instead of AWS."""
