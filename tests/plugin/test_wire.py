"""Bags on the wire: the schema's names outside, Python's inside, and what is not known yet."""

from __future__ import annotations

from typing import Any

import pytest
from support.plugin import struct
from support.tables import table

from dedicated_ip_provider.inputs import NAMES
from dedicated_ip_provider.outputs import OUTPUT_NAMES
from dedicated_ip_provider.plugin.wire import UNKNOWN, is_unknown, read, write
from dedicated_ip_provider.schema_names import SECRET, SIGNATURE, in_schema_words
from plugin.native import FORM, plain


def test_a_bag_is_read_with_pythons_names_and_written_with_the_schemas() -> None:
    """Those of a use case, too; the provider's memory is hidden from a person by its name."""
    outside = {
        "count": 2.0,
        "useCase": FORM,
        "relinquishFirst": ["192.0.2.1"],
        "pools": {"order_mails": 2.0},
        "poolAddresses": {"order_mails": ["192.0.2.1"]},
        "__memory": {"named_held": True},
    }

    inside = read(struct(outside))

    assert {"count", "use_case", "relinquish_first", "pools", "pool_addresses", "memory"} == inside.keys()
    assert {"mail_type", "website_url", "complies_with_aup"} <= inside["use_case"].keys()
    assert outside == plain(write({**inside, "region": None})), "Pulumi has no such value as None"

    bag = {name: name for name in (*NAMES, *OUTPUT_NAMES)}
    assert len(bag) == len(write(bag).fields)
    assert bag == read(write(bag))


@table(
    "reason, outside, inside",
    [
        ("a misspelt name stays, and is refused by it", {"cuont": 2.0}, {"cuont": 2.0}),
        ("so does what a dynamic provider stored", {"leased_count": 1.0}, {"leased_count": 1.0}),
        ("the engine marks secrets", {"assumeRoles": [{SIGNATURE: SECRET, "value": {"a": "r"}}]}, {"assumeRoles": [{"a": "r"}]}),
    ],
)  # fmt: skip
def test_what_else_is_read(reason: str, outside: dict[str, Any], inside: dict[str, Any]) -> None:
    """What is sent to AWS is the value of a secret."""
    assert (reason, inside) == (reason, read(struct(outside)))


@table(
    "reason, value, expected",
    [
        ("a value", "eu-west-1", False),
        ("a string that is not known", UNKNOWN, True),
        ("a number that is not known", "3eeb2bf0-c639-47a8-9e75-3b44932eb421", True),
        ("in a list", ["192.0.2.1", UNKNOWN], True),
        ("in a map", {"orders": UNKNOWN}, True),
        ("deep inside", {"orders": [{"a": UNKNOWN}]}, True),
        ("nothing of the kind", {"orders": [1.0, None, True]}, False),
    ],
)
def test_what_is_not_known_is_found_anywhere(reason: str, value: Any, expected: Any) -> None:
    """A value that another resource gives is a fixed text on the wire until then."""
    assert (reason, expected) == (reason, is_unknown(value))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("`relinquish_first` must contain IPv4 addresses only.", "`relinquishFirst` must contain IPv4 addresses only."),
        ('Set `take_over_from="eu-west-1/7-k3f9"`.', 'Set `takeOverFrom="eu-west-1/7-k3f9"`.'),
        ("`use_case.website_url` is missing.", "`useCase.websiteUrl` is missing."),
        ("with `delete_before_replace`, all go", "with `deleteBeforeReplace`, all go"),
        ("The configuration value aws:allowedAccountIds must be a list", "The configuration value dedicatedip:allowedAccountIds must be a list"),
        ("run `pulumi config set aws:region`", "run `pulumi config set dedicatedip:region`"),
        ("status `action_required`, in the user's use_case", "status `action_required`, in the user's use_case"),
    ],
)  # fmt: skip
def test_a_sentence_names_inputs_as_the_schema_does(said: str, expected: str) -> None:
    """Only where it names one: a status is a value, and prose is prose."""
    assert expected == in_schema_words(said)
