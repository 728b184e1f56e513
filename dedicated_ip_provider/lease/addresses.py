"""Sets of IPv4 addresses: sorted for people, and encoded compactly for the record, the state and case text."""

from __future__ import annotations

import base64
import ipaddress
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.lease.model import SHOWN_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dedicated_ip_provider.lease.model import Addresses

PLAIN_AT_MOST: Final = 20
"""Up to this many addresses are written one by one; longer lists are packed."""

_PACKED: Final = "z:"


def is_ipv4(text: str) -> bool:
    """Return whether a string is an IPv4 address in its canonical form."""
    try:
        return str(ipaddress.IPv4Address(text)) == text
    except ValueError:
        return False


def sort_ips(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return addresses in numerical order."""
    return tuple(sorted(addresses, key=_number))


def name_some(addresses: Iterable[str]) -> str:
    """Return addresses for a sentence: sorted, the first five by name, then how many more."""
    return shorten(sort_ips(addresses))


def shorten(names: Sequence[str]) -> str:
    """Return a list for a sentence: the first five names, then how many more."""
    shown = ", ".join(names[:SHOWN_AT_MOST])
    rest = len(names) - SHOWN_AT_MOST
    return f"{shown} and {rest} more" if rest > 0 else shown


def write_addresses(addresses: Iterable[str]) -> str:
    """Return a set of addresses on one line: in plain text if they are few, otherwise packed.

    The packed form is the compressed differences between the sorted numbers: 1,000 addresses from a few networks take
    some hundred characters.
    """
    every = sort_ips(addresses)
    if len(every) <= PLAIN_AT_MOST:
        return " ".join(every)
    numbers = [0, *map(_number, every)]
    gaps = b"".join(_varint(after - before) for before, after in pairwise(numbers))
    return _PACKED + base64.urlsafe_b64encode(zlib.compress(gaps, 9)).decode().rstrip("=")


def read_addresses(text: str) -> Addresses:
    """Read what `write_addresses` wrote. Raises `ValueError` for anything else."""
    if not text.startswith(_PACKED):
        found = text.split()
        if not all(map(is_ipv4, found)):
            raise ValueError(f"not a list of IPv4 addresses: {text[:40]!r}")
        return frozenset(found)
    packed = text.removeprefix(_PACKED)
    try:
        gaps = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except zlib.error as error:
        raise ValueError("packed addresses are damaged") from error
    return frozenset(_unpack(gaps))


def _unpack(gaps: bytes) -> Iterable[str]:
    number = gap = shift = 0
    for byte in gaps:
        gap |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the continuation bit
            number += gap
            yield str(ipaddress.IPv4Address(number))
            gap = shift = 0


def _varint(number: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first; the eighth bit is set if more follow."""
    written = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _number(ip: str) -> int:
    return int(ipaddress.IPv4Address(ip))
