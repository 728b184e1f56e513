"""Sets of IPv4 addresses: sorted for people, and written compactly for record, state and case text."""

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
"""How many addresses are written one by one; more are packed."""

_PACKED: Final = "z:"


def is_ipv4(text: str) -> bool:
    """Return whether a text is an IPv4 address as everybody writes it."""
    try:
        return str(ipaddress.IPv4Address(text)) == text
    except ValueError:
        return False


def sort_ips(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return addresses sorted by their number, as people read them."""
    return tuple(sorted(addresses, key=_number))


def name_some(addresses: Iterable[str]) -> str:
    """Return addresses as a sentence names them: sorted, at most five, and how many more."""
    return shorten(sort_ips(addresses))


def shorten(names: Sequence[str]) -> str:
    """Return a list as a sentence has it: at most five names, and how many more."""
    shown = ", ".join(names[:SHOWN_AT_MOST])
    rest = len(names) - SHOWN_AT_MOST
    return f"{shown} and {rest} more" if rest > 0 else shown


def write_addresses(addresses: Iterable[str]) -> str:
    """Return a set of addresses as one word or line: plain where they are few, else packed.

    Packed are the differences between the sorted numbers, compressed: 1,000 addresses of a few networks take some
    hundred characters.
    """
    every = sort_ips(addresses)
    if len(every) <= PLAIN_AT_MOST:
        return " ".join(every)
    numbers = [0, *map(_number, every)]
    gaps = b"".join(_varint(after - before) for before, after in pairwise(numbers))
    return _PACKED + base64.urlsafe_b64encode(zlib.compress(gaps, 9)).decode().rstrip("=")


def read_addresses(text: str) -> Addresses:
    """Read what `write_addresses` wrote. Raises `ValueError` where it is something else."""
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
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            number += gap
            yield str(ipaddress.IPv4Address(number))
            gap = shift = 0


def _varint(number: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first; the eighth bit says that more follow."""
    written = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _number(ip: str) -> int:
    return int(ipaddress.IPv4Address(ip))
