"""A desk whose account has many cases of a month ago, all resolved. Usage: CASES."""

from __future__ import annotations

import shlex
import sys
import threading
from datetime import datetime, timedelta, timezone

from dedicated_ip_provider.emulator import Settings, start

MONTH = timedelta(days=30)


def main() -> None:
    """File and resolve the cases, let a month pass, print what to export, and serve until the process is ended."""
    now = datetime.now(timezone.utc)
    with start(Settings(hourly_case_limit=None), now=now - MONTH) as desk:
        for number in range(int(sys.argv[1])):
            desk.resolve(desk.file_by_hand(f"Question {number}", "How do I verify a domain?"))
        desk.advance(days=MONTH.days)
        for name, value in desk.environment.items():
            print(f"export {name}={shlex.quote(value)}")
        print("# open", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
