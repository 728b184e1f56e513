"""What is printed while Pulumi runs: whole lines in UTF-8, which is what the engine reads."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from cli.terminals import CP1252, POSIX


@pytest.mark.parametrize("environment", [{}, CP1252, POSIX], ids=str)
def test_a_form_reaches_pulumi_in_utf_8(environment: dict[str, str]) -> None:
    """A form that a destroyed lease leaves is to be pasted; the locale of the plugin's process does not matter."""
    code = r"from dedicated_ip_provider.terminal import tell; tell('\u6ce8\u6587\udce9')"
    said = subprocess.run(
        [sys.executable, "-u", "-c", code], stderr=subprocess.PIPE, check=True, env={**os.environ, **environment}
    )

    assert "注文\\udce9\n" == said.stderr.decode()
