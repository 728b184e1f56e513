"""What the desk itself costs: were it slow, the figures would be its own."""

from __future__ import annotations

import http.client
import statistics
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from desk_process import open_desk
from sides import LEASES, UP

if TYPE_CHECKING:
    from rounds import Rounds

CALLS: Final = 500
SIGNED: Final = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-west-1/ses/aws4_request, SignedHeaders=host"


def share_of_desk(rounds: Rounds) -> str:
    """Say what share of the commands' time the desk used, and how much more could be asked of it."""
    runs = [run for run in rounds.of_side(LEASES) if run.calls]
    used = sum(run.desk_seconds for run in runs) / sum(len(run.calls) for run in runs)
    ups = rounds.runs(LEASES, UP)
    share = statistics.median(run.desk_seconds / run.seconds for run in ups)
    asked = statistics.median(len(run.calls) / run.seconds for run in ups)
    return (
        f"The desk used {used * 1000:.1f} ms of a processor for a call, and {share:.0%} of the time of an `up` of 30 "
        f"leases (median). That `up` makes {asked:.0f} calls a second; alone, the desk answers "
        f"{1 / _seconds_of_an_answer():,.0f} calls a second of a plain HTTP client that asks for addresses."
    )


def _seconds_of_an_answer() -> float:
    with open_desk() as desk:
        door = http.client.HTTPConnection(urlsplit(desk.url).netloc)
        times = []
        for _ in range(CALLS):
            started = time.perf_counter()
            door.request("GET", "/v2/email/dedicated-ips", headers={"Authorization": SIGNED})
            answer = door.getresponse()
            answer.read()
            times.append(time.perf_counter() - started)
            if answer.status != http.client.OK:
                raise RuntimeError(f"The desk answered {answer.status}")
        door.close()
    return statistics.median(times)
