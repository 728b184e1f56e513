"""The AWS Regions, from botocore's own data: no list of them is kept by hand.

That list is never complete: an older botocore lacks newer Regions, and newer services in old ones. So a code that is
written as AWS writes them is taken, listed or not, and a person is warned about one that is not.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import botocore

from dedicated_ip_provider.fits import Regions

ENDPOINTS = Path(botocore.__file__).parent / "data" / "endpoints.json"


@functools.cache
def endpoints() -> dict[str, Any]:
    """Return botocore's data on endpoints, read once in a process."""
    # The file is read as it is: botocore's own loader would load half of botocore, and a preview needs no more of it.
    data: dict[str, Any] = json.loads(ENDPOINTS.read_bytes())
    return data


@functools.cache
def regions() -> Regions:
    """Return the Regions of all partitions, and those that have SES; asks nothing of AWS."""
    partitions = endpoints()["partitions"]
    # botocore lists SES's endpoints under the name of their host, `email`.
    with_ses = {code for part in partitions for code in part["services"].get("email", {}).get("endpoints", ())}
    names = {code: region["description"] for part in partitions for code, region in part["regions"].items()}
    return Regions(
        names=names,
        with_ses=frozenset(with_ses & names.keys()),
        partitions={part["partition"]: part["regionRegex"] for part in partitions},
        source=f"botocore {botocore.__version__}",
    )
