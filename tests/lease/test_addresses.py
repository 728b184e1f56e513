"""Sets of addresses: sorted for people, and written compactly for record, state and case text."""

from __future__ import annotations

import base64
import random
import zlib
from ipaddress import IPv4Address, ip_network

import pytest
from support.tables import table

from dedicated_ip_provider.lease.addresses import (
    _varint,
    is_ipv4,
    name_some,
    read_addresses,
    sort_ips,
    write_addresses,
)

_RANDOM = random.Random(13)  # noqa: S311 - the same addresses in every run
# Some of the networks in the SPF record of amazonses.com in 2025: SES's addresses are in them.
_SES = [
    str(ip)
    for network in ("54.240.0.0/18", "69.169.224.0/20", "23.249.208.0/20", "23.251.224.0/19", "76.223.176.0/20")
    for ip in ip_network(network)
]


def _run(number: int, start: str = "192.0.2.1") -> list[str]:
    return [str(IPv4Address(start) + each) for each in range(number)]


SETS: list[tuple[str, list[str], int]] = [
    ("none", [], 0),
    ("one", ["192.0.2.1"], len("192.0.2.1")),
    ("the lowest and the highest there are", ["0.0.0.0", "255.255.255.255"], 30),  # noqa: S104 - binds nothing
    ("20 are written one by one", _run(20), 229),
    ("21 are packed", _run(21), 30),
    ("1,000 in a row", _run(1_000, "198.18.0.0"), 50),
    ("1,000 of AWS's networks", _RANDOM.sample(_SES, 1_000), 1_600),
    ("1,000 anywhere", [str(IPv4Address(_RANDOM.getrandbits(32))) for _ in range(1_000)], 4_600),
]


@table("reason, addresses, at_most", SETS)
def test_a_set_of_addresses_is_written_in_few_characters_and_read_again(
    reason: str, addresses: list[str], at_most: int
) -> None:
    """Any set is read back as it was, takes one line, and is small enough for a record and a message; order does not matter."""
    written = write_addresses(addresses)

    assert frozenset(addresses) == read_addresses(written), reason
    assert written == write_addresses(reversed(addresses))
    assert (True, 1) == (len(written) <= at_most, len((written or "-").splitlines()))


def test_packed_addresses_are_a_format() -> None:
    """What any released version wrote into records, states and case text can always be read."""
    assert frozenset(_run(21)) == read_addresses("z:eNprbGlo4GHEAgAxYAIm")
    assert frozenset(("192.0.2.1", "192.0.2.200")) == read_addresses("z:eNprbGlo4DnOCAAM2QLa")


def test_a_set_is_always_written_in_the_same_way() -> None:
    """Up to twenty addresses are listed, more are packed, without padding."""
    assert " ".join(_run(20)) == write_addresses(_run(20))
    assert "z:eNprbGlo4GHEAgAxYAIm" == write_addresses(_run(21))
    every_other = write_addresses(_SES[:42:2])
    assert (2, False) == (len(every_other.removeprefix("z:")) % 4, every_other.endswith("="))


def test_a_difference_of_seven_bits_takes_one_byte() -> None:
    """So that a set is packed as small as it can be."""
    assert [b"\x7f", b"\x80\x01"] == [_varint(number) for number in (0x7F, 0x80)]


def _packed(gaps: bytes) -> str:
    return f"z:{base64.urlsafe_b64encode(zlib.compress(gaps)).decode()}"


DAMAGED = {
    "a word among the addresses": "192.0.2.1 none",
    "a number with a leading zero": "192.0.2.01",
    "a network": "192.0.2.0/24",
    "IPv6": "2001:db8::1",
    "packed addresses of which the end is missing": "z:eNprbGlo4GHEAg",
    "packed addresses with a wrong letter": "z:eNprbGlo4GHEAgAxYAIn",
    "packed addresses of one letter": "z:e",
    "packed addresses in another alphabet": "z:ä",
    "nothing packed": "z:",
    "numbers beyond the last address": _packed(b"\xff\xff\xff\xff\x7f"),
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_damaged_addresses_are_refused(text: str) -> None:
    """A text that is only partly a set of addresses must not be read: a part would be a different lease."""
    with pytest.raises(ValueError, match=r"^.+$"):
        read_addresses(text)


def test_a_refusal_quotes_how_the_text_begins() -> None:
    """Its first forty characters; packed text is not quoted, because nobody can read it."""
    with pytest.raises(ValueError, match=f"^not a list of IPv4 addresses: '{'x' * 40}'$"):
        read_addresses("x" * 50)
    with pytest.raises(ValueError, match=r"^packed addresses are damaged$"):
        read_addresses("z:eNprbGlo4GHEAg")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", True),
        ("192.0.2.256", False),
        ("192.0.2", False),
        (" 192.0.2.1", False),
        ("192.0.2.001", False),
        ("::1", False),
        ("", False),
    ],
)
def test_only_the_usual_notation_is_an_address(text: str, *, expected: bool) -> None:
    """SES's list may contain something that this version does not know; it is ignored."""
    assert expected == is_ipv4(text)


def test_addresses_are_sorted_by_number() -> None:
    """Not alphabetically."""
    assert ("9.0.0.1", "10.0.0.2", "10.0.0.10") == sort_ips({"10.0.0.10", "9.0.0.1", "10.0.0.2"})


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, ""),
        (1, "192.0.2.1"),
        (5, "192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5"),
        (6, "192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5 and 1 more"),
        (600, "192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5 and 595 more"),
    ],
)
def test_a_sentence_names_five_addresses_and_counts_the_rest(number: int, expected: str) -> None:
    """An account may have hundreds."""
    assert expected == name_some(_run(number))
