"""Stories on the real Pulumi engine, with an emulator instead of AWS."""
