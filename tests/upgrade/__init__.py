"""States that older versions of this package stored, and the current one has to read."""
