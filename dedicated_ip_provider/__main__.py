"""The command line as `python -m dedicated_ip_provider`."""

from __future__ import annotations

import sys

from dedicated_ip_provider.cli.program import main

sys.exit(main())
