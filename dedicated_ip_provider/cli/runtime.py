"""What a command needs besides AWS: the time, a sleep function, and the environment."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The clock (UTC), a function that sleeps for some seconds, and the environment variables."""

    now: Callable[[], datetime]
    sleep: Callable[[float], object]
    environment: Mapping[str, str]


def real() -> Runtime:
    """Return the real ones."""
    return Runtime(now=lambda: datetime.now(timezone.utc), sleep=time.sleep, environment=os.environ)
