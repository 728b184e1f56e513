"""The AWS Regions, from botocore's own data: we maintain no list of them.

That data is never complete: an older botocore lacks newer Regions, and newer services in older Regions. So every
well-formed code is accepted, and a person is warned about one that is not listed.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import botocore

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDPOINTS = Path(botocore.__file__).parent / "data" / "endpoints.json"

# The form of AWS's Region codes. botocore's `fips-us-east-1` is excluded: it is another name of us-east-1, which must
# not become a Region of its own.
_REGION_CODE: Final = re.compile(r"(?!fips-)[a-z]{2,4}(-[a-z]{2,}){1,2}-[1-9][0-9]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """The AWS Regions that botocore lists: `names` by code, those with SES, and a pattern of codes by partition."""

    names: Mapping[str, str]
    with_ses: frozenset[str]
    partitions: Mapping[str, str]
    source: str

    @staticmethod
    def is_well_formed(code: str) -> bool:
        """Return whether a code has the form of AWS's Region codes."""
        return _REGION_CODE.fullmatch(code) is not None

    def is_listed(self, code: str) -> bool:
        """Return whether botocore lists SES in a Region; a Region that it does not list may still have SES."""
        return code in self.with_ses

    def name_of(self, code: str) -> str:
        """Return the name of a Region, such as "Europe (Ireland)", or its code if botocore does not list it."""
        return self.names.get(code, code)

    def partition_of(self, code: str) -> str:
        """Return the partition of a Region, listed or not, as botocore finds it: `aws` if no pattern fits."""
        return next((name for name, pattern in self.partitions.items() if re.match(pattern, code)), "aws")

    def warning(self, code: str) -> str | None:
        """Return a warning about a Region that botocore does not list for SES; None if it does."""
        if self.is_listed(code):
            return None
        what = "Amazon SES in " if code in self.names else "the Region "
        return f"{self.source} does not list {what}{code}: check the code. AWS decides."


@functools.cache
def endpoints() -> dict[str, Any]:
    """Return botocore's data on endpoints, read once per process."""
    # Read the file directly: botocore's own loader would import half of botocore, which a preview does not need.
    data: dict[str, Any] = json.loads(ENDPOINTS.read_bytes())
    return data


@functools.cache
def regions() -> Regions:
    """Return the Regions of all partitions, and which of them have SES, without calling AWS."""
    partitions = endpoints()["partitions"]
    # botocore lists SES's endpoints under their host name, `email`.
    with_ses = {code for part in partitions for code in part["services"].get("email", {}).get("endpoints", ())}
    names = {code: region["description"] for part in partitions for code, region in part["regions"].items()}
    return Regions(
        names=names,
        with_ses=frozenset(with_ses & names.keys()),
        partitions={part["partition"]: part["regionRegex"] for part in partitions},
        source=f"botocore {botocore.__version__}",
    )


def home_of(region: str) -> str:
    """Return the home Region of a Region's partition: the one that has the endpoint of AWS Support.

    It is always enabled. Calls made once for a whole run go there, so that they do not depend on any lease's Region.
    """
    name = regions().partition_of(region)
    services = next(part["services"] for part in endpoints()["partitions"] if part["partition"] == name)
    support = services.get("support", {})
    endpoint = support.get("endpoints", {}).get(support.get("partitionEndpoint"), {})
    return str(endpoint.get("credentialScope", {}).get("region", region))
