"""What an older version of this package stored, and the current one has to live with."""
