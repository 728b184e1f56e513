"""What several tests need: values, stacks, and processes that call the emulator without a wire."""
