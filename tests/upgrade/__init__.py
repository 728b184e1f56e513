"""What an older version of this package wrote, and the current one has to live with."""
