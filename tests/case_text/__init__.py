"""What is written to AWS Support, and how it is read again."""
