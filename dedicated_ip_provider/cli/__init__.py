"""The command line, `dedicated-ip`: a lease's account looked at, and AWS answered, from a shell.

Each command is a module. click and rich are known here and nowhere else: neither a Pulumi program nor the
plugin's process loads them.
"""
