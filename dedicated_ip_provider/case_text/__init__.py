"""What is written to AWS Support, and how it is recognized again."""
