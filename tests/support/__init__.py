"""What tests stand on: builders of values, a plugin process without a wire, stacks, and tables."""
