"""`python -m dedicated_ip_provider.plugin`: what the plugin that Pulumi has installed runs."""

from __future__ import annotations

from dedicated_ip_provider.plugin.server import main

main()
