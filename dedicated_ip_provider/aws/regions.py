"""The AWS Regions, from botocore's own data: no list of them is kept by hand."""

from __future__ import annotations

import functools

import botocore
from botocore.loaders import Loader

from dedicated_ip_provider.props import Regions


@functools.cache
def regions() -> Regions:
    """Give the Regions of all partitions, and those that have SES; asks nothing of AWS."""
    partitions = Loader().load_data("endpoints")["partitions"]
    # botocore lists SES's endpoints under the name of their host, `email`.
    with_ses = {code for part in partitions for code in part["services"].get("email", {}).get("endpoints", ())}
    names = {code: region["description"] for part in partitions for code, region in part["regions"].items()}
    return Regions(names=names, with_ses=frozenset(with_ses & names.keys()), source=f"botocore {botocore.__version__}")
