"""The native plugin: wire, schema, server, and its process."""
