"""The command line, `dedicated-ip`: inspect the leases of an account, and answer AWS, from a shell.

Each command is a module. Only this package imports click and rich: neither a Pulumi program nor the plugin's
process loads them.
"""
