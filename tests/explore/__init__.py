"""Every story of a lease up to a length, tried breadth-first over the real decisions and a small world of AWS."""
