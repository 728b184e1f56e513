"""What holds for every test."""

from __future__ import annotations

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in its background with SIGINT ignored, and so would every process that a test starts
    # and ends as Pulumi ends its plugins.
    signal.signal(signal.SIGINT, signal.default_int_handler)
