"""Write what Pulumi's registry reads of a package: `schema.json`, and two pages in Hugo's Markdown.

    python docs/registry.py

The schema and the table of options are the code's, and the programs on the pages are those in `samples`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from dedicated_ip_provider.plugin.schema import schema

ROOT: Final = Path(__file__).parents[1]
SAMPLES: Final = Path(__file__).parent / "samples"

PROGRAMS: Final = {
    "typescript": "shop.ts",
    "python": "shop.py",
    "go": "shop.go",
    "csharp": "Shop.cs",
    "java": "Shop.java",
    "yaml": "shop.yaml",
}
"""The same lease in each language, by the registry's name for it."""

INDEX: Final = """\
---
title: Dedicated IP
meta_desc: Lease Amazon's dedicated mail IP addresses with Pulumi, through AWS support cases.
layout: package
---

Amazon SES leases standard dedicated IP addresses for sending mail, per Region, and only through people: you open a support case to request some, another to relinquish some, and wait days for the answer.
This package makes an account's lease in a Region a resource:

* `pulumi preview` says what will be filed, which addresses are relinquished for good, and what a month costs before and after.
* `pulumi up` files the case and returns at once. Changing `count` files a case for the difference.
* While a case is open, the next `pulumi preview` or `pulumi up` automatically reads what AWS granted.
* `pulumi destroy` files one case that relinquishes what the lease holds, and nothing else.
* No case is filed twice, whatever breaks along the way, and what you requested is never shown as granted.

## Example

{programs}
The Python program needs neither an SDK nor the plugin: its `DedicatedIpLease` is a dynamic resource of the package `dedicated-ip-provider`.
With the SDK, `pulumi_dedicatedip`, Python programs use the plugin as the other languages do.
In Go, the first import is the path that `pulumi package add` prints.

The output `status` says whose move it is: `requested` and `relinquishing` are AWS's; `action_required`, `short` and `over` are yours, and `message` says what to do.

## What it costs

AWS bills each address by the day, from its grant to its removal; a preview names the monthly price and its date.
Relinquishing is final: AWS gives the addresses to others.

## What it keeps in your account

One parameter of SSM Parameter Store, `/dedicated-ip/lease`, in each Region that has a lease: who holds it, which addresses it holds and which cases are open.
AWS does not charge for it. Never edit or delete it.
"""

INSTALLATION: Final = """\
---
title: Dedicated IP Installation & Configuration
meta_desc: How to install the Dedicated IP package for Pulumi, and to choose the AWS account that it uses.
layout: package
---

## Installation

The plugin is a Python program, and needs Python 3.10 or later whatever language your own program has:

```bash
pip install dedicated-ip-provider     # or: pipx install dedicated-ip-provider
dedicated-ip install-plugin
```

YAML needs no more than that.
For the other languages, Pulumi generates the SDK in your project:

```bash
pulumi package add dedicatedip
```

| language | in the program |
| --- | --- |
| JavaScript, TypeScript | `import * as dedicatedip from "dedicatedip";` |
| Python | `import pulumi_dedicatedip as dedicatedip` |
| Go | the import path that the command prints |
| .NET | `using Pulumi.Dedicatedip;` |
| Java | `import com.pulumi.dedicatedip.*;` |

SDKs are not published in the languages' own registries.

## Configuration

```bash
pulumi config set dedicatedip:region eu-west-1
pulumi config set dedicatedip:profile mail
pulumi config set --path 'dedicatedip:allowedAccountIds[0]' 111122223333
```

or in the environment, as for the `aws` command:

```bash
export AWS_REGION=eu-west-1
export AWS_PROFILE=mail
```

AWS's Support API needs an AWS Support plan that includes it: Business Support+, Enterprise Support or Unified Operations; for an account that AWS has not moved to these yet, Business, Enterprise On-Ramp or Enterprise.
Without one, `filing: "console"` fills in AWS's form for a person to file.
`dedicated-ip policy` prints the IAM policy that is needed, and `dedicated-ip doctor` checks credentials, account, plan and permissions, and files nothing.

## Options

Set them with `pulumi config set dedicatedip:<option>`, or give them to an explicit provider.
All are optional, and mean what they mean to the AWS provider.

| option | means |
| --- | --- |
{options}
"""


def main() -> None:
    """Write each file."""
    for file, text in files().items():
        file.write_text(text, encoding="utf-8")


def files() -> dict[Path, str]:
    """Return the text of each file that the registry reads."""
    return {
        ROOT / "schema.json": json.dumps(schema(), indent=2) + "\n",
        ROOT / "docs" / "_index.md": INDEX.format(programs=_programs()),
        ROOT / "docs" / "installation-configuration.md": INSTALLATION.format(options=_options()),
    }


def _programs() -> str:
    """Return the programs, of which the registry shows the one in the reader's language."""
    shown = [f'{{{{< chooser language "{",".join(PROGRAMS)}" >}}}}\n']
    for language, name in PROGRAMS.items():
        program = (SAMPLES / name).read_text(encoding="utf-8")
        shown.append(
            f"{{{{% choosable language {language} %}}}}\n\n```{language}\n{program}```\n\n{{{{% /choosable %}}}}\n"
        )
    return "".join([*shown, "{{< /chooser >}}\n"])


def _options() -> str:
    settings = schema()["provider"]["inputProperties"]
    return "\n".join(f"| `{name}` | {one['description']} |" for name, one in settings.items())


if __name__ == "__main__":
    main()
