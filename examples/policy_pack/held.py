"""Write the configuration of the policy pack: yours, with the count that each lease of a stack last declared.

pulumi stack export | python held.py [your-configuration.json] > held.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

LEASES = ("pulumi-python:dynamic/dedicatedip:DedicatedIpLease", "dedicatedip:index:DedicatedIpLease")
state = json.load(sys.stdin)
config = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")) if sys.argv[1:] else {}
held = {
    resource["urn"]: resource["outputs"]["count"]
    for resource in state["deployment"].get("resources", [])
    if resource["type"] in LEASES and "outputs" in resource
}
print(json.dumps({**config, "dedicated-ip-relinquishment": {"held": held}}, indent=2))
