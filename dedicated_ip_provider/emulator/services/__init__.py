"""The operations of each emulated AWS service; each takes the world, a call and its parameters."""
