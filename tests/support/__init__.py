"""What several folders of tests need: inputs, stacks, and processes that call the emulator without a network."""
