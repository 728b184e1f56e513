"""Tests of `dedicated_ip_provider.aws`: real botocore against the emulator on this machine."""
