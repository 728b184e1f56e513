"""The AWS Regions, from botocore's own data: no list of them is kept by hand."""

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
    """Give botocore's data on endpoints, read once in a process."""
    # The file is read as it is: botocore's own loader would load half of botocore, and a preview needs no more of it.
    data: dict[str, Any] = json.loads(ENDPOINTS.read_bytes())
    return data


@functools.cache
def regions() -> Regions:
    """Give the Regions of all partitions, and those that have SES; asks nothing of AWS."""
    partitions = endpoints()["partitions"]
    # botocore lists SES's endpoints under the name of their host, `email`.
    with_ses = {code for part in partitions for code in part["services"].get("email", {}).get("endpoints", ())}
    names = {code: region["description"] for part in partitions for code, region in part["regions"].items()}
    return Regions(names=names, with_ses=frozenset(with_ses & names.keys()), source=f"botocore {botocore.__version__}")
