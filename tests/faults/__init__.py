"""Whatever breaks between a lease and AWS: nothing is filed twice, nothing is lost, and the user is told."""
