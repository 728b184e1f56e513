"""`python -m dedicated_ip_provider.plugin`, which the plugin installed in Pulumi runs."""

from __future__ import annotations

from dedicated_ip_provider.plugin.server import main

main()
