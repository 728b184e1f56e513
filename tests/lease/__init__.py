"""The rules of a lease, as tables over values."""
