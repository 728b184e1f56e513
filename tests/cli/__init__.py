"""The command line, each command against the emulator."""
