"""Several leases of one run in the same moment, as the four threads of Pulumi's plugin have them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from support.bags import bag
from support.filed import steps
from support.process import Process

from dedicated_ip_provider.provider import DedicatedIpError
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from typing import Any

    from dedicated_ip_provider.emulator import Emulator


def created(emulator: Emulator, *leases: dict[str, Any]) -> list[str]:
    """Create leases in the threads of one process, and return how each ended: its status or its error."""
    provider = Process(emulator).provider

    def create(inputs: dict[str, Any]) -> str:
        try:
            return str(provider.create(provider.check({}, inputs).inputs).outs["status"])  # type: ignore[index]  # it has
        except DedicatedIpError as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(create, leases))


def test_leases_of_several_regions_share_a_process(emulator: Emulator) -> None:
    """Eight leases, four at a time: one look at the cases for all, and one case for each."""
    codes = sorted(regions().with_ses)[:8]

    ends = created(emulator, *(bag(holder=f"shop/prod/{code}", region=code) for code in codes))

    assert (["requested"] * 8, ["request"] * 8) == (ends, steps(emulator))
    looks = [entry for entry in emulator.calls("DescribeCases") if "afterTime" not in entry.parameters]
    assert (1, 1, 1) == (len(looks), len(emulator.calls("GetCallerIdentity")), len(emulator.calls("DescribeServices")))


def test_two_leases_of_one_region_and_account_file_one_case(emulator: Emulator) -> None:
    """Where two profiles lead to one account, the program's check cannot see it: the record can."""
    ends = created(emulator, bag(holder="shop/prod/eu"), bag(holder="shop/prod/more"))

    [refused] = [end for end in ends if end != "requested"]
    assert "account 111122223333 has one lease in eu-west-1, and shop/prod/" in refused
    assert ["request"] == steps(emulator)
