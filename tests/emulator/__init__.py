"""The emulator's own tests: what a client of AWS sees, and what the people behind AWS Support do."""
