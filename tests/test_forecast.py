"""What a preview says before anything is filed: what, how much, and what cannot be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from values import A, B, C, D, lease, past, relinquish, request

from dedicated_ip_provider.forecast import forecast
from dedicated_ip_provider.lease import UNFILED

if TYPE_CHECKING:
    from dedicated_ip_provider.lease import Lease, Past

OPEN = request()
FORM = request(status=UNFILED)
ALONE = "eu (eu-west-1): one address alone is not what AWS advises: use two or more in a Region"

ASKED = relinquish(A, status="pending-customer-action")
"""A case in which AWS asks whether the address shall really go."""

ROWS: list[tuple[str, Lease, Past | None, list[str]]] = [
    (
        "a new lease",
        lease(),
        None,
        ["will ask AWS for 3 dedicated IP addresses by a support case; USD 0.00 => 74.85 a month"],
    ),
    ("a new lease of nothing", lease(0), None, []),
    ("a new lease that adopts all", lease(2, adopt=(A, B)), None, []),
    (
        "a new lease that adopts one of two",
        lease(2, adopt=(A,)),
        None,
        ["will ask AWS for 1 dedicated IP address by a support case; USD 0.00 => 49.90 a month"],
    ),
    (
        "a form",
        lease(filing="console"),
        None,
        ["will ask AWS for 3 dedicated IP addresses by a form that a person files; USD 0.00 => 74.85 a month"],
    ),
    ("nothing changes", lease(), past(addresses=(A, B, C)), []),
    (
        "the count rises",
        lease(5),
        past(addresses=(A, B, C)),
        ["will ask AWS for 2 dedicated IP addresses by a support case; USD 74.85 => 124.75 a month"],
    ),
    (
        "the count falls",
        lease(2),
        past(addresses=(A, B, C), release_order=(C, A, B)),
        ["will give back 192.0.2.3 by a support case, which is final; USD 74.85 => 49.90 a month"],
    ),
    (
        "the user says which go first",
        lease(2, release_first=(B,)),
        past(addresses=(A, B, C)),
        ["will give back 192.0.2.2 by a support case, which is final; USD 74.85 => 49.90 a month"],
    ),
    (
        "the count rises while a request is open",
        lease(5),
        past(case_number=1, unfinished=True, open_cases=(OPEN,)),
        ["will change the open case 1700000001 to 5 in all, instead of 3; USD 0.00 => 124.75 a month"],
    ),
    (
        "the count falls below what is here while a request is open",
        lease(2, release_first=(A,)),
        past(6, addresses=(A, B, C), case_number=1, unfinished=True, open_cases=(request(before=(A, B, C)),)),
        [
            (
                "will withdraw the open case 1700000001, then give back 192.0.2.1 by a support case, which is final; "
                "USD 74.85 => 49.90 a month"
            )
        ],
    ),
    (
        "the count falls to nothing while a request is open",
        lease(0),
        past(case_number=1, unfinished=True, open_cases=(OPEN,)),
        ["will withdraw the open case 1700000001; USD 0.00 => 0.00 a month"],
    ),
    (
        "a form that waits changes",
        lease(5, filing="console"),
        past(case_number=1, open_cases=(FORM,)),
        ["will change the form that waits to 5 in all, instead of 3; USD 0.00 => 124.75 a month"],
    ),
    (
        "a form that waits is not needed any more",
        lease(0, filing="console"),
        past(case_number=1, open_cases=(FORM,)),
        ["will drop the form that waits; USD 0.00 => 0.00 a month"],
    ),
    (
        "the user asks again",
        lease(attempt=2),
        past(addresses=(A,)),
        ["will ask AWS for 2 dedicated IP addresses by a support case; USD 24.95 => 74.85 a month"],
    ),
    (
        "a case that was withdrawn is not closed yet",
        lease(4),
        past(addresses=(A, B, C), case_number=1, open_cases=(request(before=(A, B, C), withdrawn=True),)),
        [
            (
                "will close the withdrawn case 1700000001, then ask AWS for 1 dedicated IP address by a support case; "
                "USD 74.85 => 99.80 a month"
            )
        ],
    ),
    (
        "an answer is due",
        lease(2, confirm_relinquish=True),
        past(2, addresses=(B, C), relinquishing=(A,), open_cases=(ASKED,), confirmation_due=True),
        ["will confirm to AWS, once, that 192.0.2.1 shall go, which is final; USD 74.85 => 49.90 a month"],
    ),
    (
        "an answer is due, and the count rises",
        lease(3, confirm_relinquish=True),
        past(2, addresses=(B, C), relinquishing=(A,), open_cases=(ASKED,), confirmation_due=True),
        [
            (
                "will confirm to AWS, once, that 192.0.2.1 shall go, which is final, then ask AWS for 1 dedicated IP "
                "address by a support case; USD 74.85 => 74.85 a month"
            )
        ],
    ),
    (
        "an answer is due that the user leaves to a person",
        lease(2),
        past(2, addresses=(B, C), relinquishing=(A,), open_cases=(ASKED,), confirmation_due=True),
        [],
    ),
]


@pytest.mark.parametrize(("declared", "remembered", "expected"), [pytest.param(*row[1:], id=row[0]) for row in ROWS])
def test_what_a_preview_says(declared: Lease, remembered: Past | None, expected: list[str]) -> None:
    """One line says what will be filed, what goes for good, and what a month costs before and after."""
    price = "when AWS has done it (24.95 each as of 2026-07-22)"

    assert tuple(f"eu (eu-west-1): {line} {price}" for line in expected) == forecast(declared, remembered)


def test_one_address_alone_is_not_advised() -> None:
    """Whoever leases one address reads that AWS advises more, where something is filed for it."""
    assert ALONE == forecast(lease(1), None)[1]
    assert () == forecast(lease(1), past(1, addresses=(A,)))


def test_addresses_of_nobody_are_named() -> None:
    """What the account pays for and no lease holds is told before more is asked for."""
    remembered = past(addresses=(A, B, C), strangers=(D,))

    expected = (
        "eu (eu-west-1): no lease is known to hold 192.0.2.4, which the account has in eu-west-1 too; `adopt` takes "
        "such addresses over"
    )

    assert expected == forecast(lease(5), remembered)[1]
