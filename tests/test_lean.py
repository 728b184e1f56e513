"""What a process loads: a program waits for nothing that the plugin needs, nor a preview for AWS's SDK."""

from __future__ import annotations

import json
import subprocess
import sys

from botocore.loaders import Loader

from dedicated_ip_provider.regions import regions

HEAVY = ("boto3", "botocore.session", "botocore.loaders", "urllib3", "click", "rich", "dedicated_ip_provider.emulator")
CHECK_AND_DIFF = """
from pulumi.dynamic import Config, ConfigureRequest
from dedicated_ip_provider.provider import LeaseProvider
provider = LeaseProvider()
provider.configure(ConfigureRequest(Config({}, "shop")))
inputs = provider.check({}, {"holder": "shop/prod/eu", "region": "eu-west-1", "count": 0.0}).inputs
assert provider.diff("", inputs, {**inputs, "count": 3.0}).changes is not False
"""


def loaded(program: str) -> set[str]:
    """Run a program in a process of its own; return the modules that it has loaded."""
    say = "import json, sys; print(json.dumps([*sys.modules]))"
    said = subprocess.run([sys.executable, "-c", f"{program}\n{say}"], check=True, capture_output=True, text=True)
    return set(json.loads(said.stdout))


def test_a_program_loads_no_more_than_what_declares() -> None:
    """What decides and asks AWS is for the plugin alone, which is a process of its own."""
    names = loaded("from dedicated_ip_provider import DedicatedIpFleet, DedicatedIpLease, UseCase")

    assert set() == names.intersection(HEAVY)
    assert {"arguments", "errors", "fleet", "inputs", "provider", "regions", "resource"} == {
        name.partition(".")[2] for name in names if name.startswith("dedicated_ip_provider.")
    }


def test_a_plugin_that_only_checks_and_compares_does_not_load_awss_sdk() -> None:
    """That is all that a preview does; it needs no more of botocore than its list of Regions."""
    assert set() == loaded(CHECK_AND_DIFF).intersection(HEAVY)


LOADS_THE_SDK = f"{CHECK_AND_DIFF}\nprovider._operations._accounts_of_the_run()"


def test_a_plugin_does_not_look_through_what_stays() -> None:
    """Python's garbage collector leaves out what was there before AWS's SDK, and at the end everything."""
    left_out = "print('all' if len(gc.get_objects()) < 100 else 'some' if gc.get_freeze_count() else 'nothing')"
    # What is registered first is called last.
    program = f"import atexit, gc; atexit.register(lambda: {left_out})\n{LOADS_THE_SDK}\n{left_out}"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert ["some", "all"] == done.stdout.split()


def test_a_plugin_that_loads_awss_sdk_seldom_looks_for_garbage() -> None:
    """What the SDK loads stays, and the collector would look through it again and again."""
    look = "print(sum(one['collections'] for one in gc.get_stats()))"
    program = f"import gc\n{CHECK_AND_DIFF}\n{look}\nprovider._operations._accounts_of_the_run()\n{look}"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    before, after = map(int, done.stdout.split())
    assert after - before <= 1


def test_the_regions_are_read_as_botocore_reads_them() -> None:
    """The file is opened without botocore's loader, and is the same one."""
    partitions = Loader().load_data("endpoints")["partitions"]
    known = {code: region["description"] for part in partitions for code, region in part["regions"].items()}

    assert known == regions().names
    assert regions().with_ses == {
        code for part in partitions for code in part["services"].get("email", {"endpoints": {}})["endpoints"]
    } & set(known)
