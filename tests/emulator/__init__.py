"""The desk's own tests: what a client of AWS sees, and what the people behind the desk do."""
