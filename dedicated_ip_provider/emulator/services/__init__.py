"""The operations of each AWS service that is emulated: each takes the world, a call and its parameters."""
