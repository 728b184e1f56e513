"""What a preview says: the decisions of an update, from what the state remembers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from support.tables import table

from dedicated_ip_provider.lease.addresses import name_some
from dedicated_ip_provider.lease.decision import Refuse, Wish
from dedicated_ip_provider.lease.model import Memory, Price
from dedicated_ip_provider.lease.preview import Preview, preview
from lease.values import NOW, RESOLVED, A, B, C, D, followed, form, intent, lease, memory, relinquish, request

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.model import Addresses

NEW = Memory(holder=None)
OPEN = followed(request())
CLOSED = followed(request(status=RESOLVED), arrived=1)
GOING = followed(relinquish(A))
EACH = "(24.95 each, AWS's price in us-east-1 of 2026-07-22)"
ALONE = "AWS recommends two or more addresses in a Region"
KEPT = "keeps 192.0.2.1, 192.0.2.2, which may be somebody else's, until named in `adopt`"
SHOWN = "pool {} first gets what SES already shows in a pool of that name"
FREE = "nothing is filed for that"
TEN = tuple(f"192.0.2.{number}" for number in range(1, 11))


def wish(count: int = 3, *, lowered: bool = False, **others: object) -> Wish:
    """Return what a program wants now; `lowered`: the user lowered the count."""
    division = others.pop("division", {})
    return Wish(lease=lease(count, **others), may_relinquish=lowered, division=division)  # type: ignore[arg-type]  # as a row names it


def _told(*addresses: str) -> str:
    return f"tell the partners whose allow-lists include {name_some(addresses)}"


def _cost(before: str, after: str) -> str:
    return f"USD {before} => {after} a month once AWS has done this {EACH}"


LINES: list[tuple[str, Wish, Memory, tuple[str, ...]]] = [
    # What is filed, and what it costs.
    ("a new lease", wish(), NEW, (f"will request 3 dedicated IP addresses by a support case; {_cost('0.00', '74.85')}",)),
    ("one address alone", wish(1), NEW, (f"will request 1 dedicated IP address by a support case; {_cost('0.00', '24.95')}", ALONE)),
    ("a count of 0", wish(0), NEW, ()),
    ("a higher count", wish(5), memory(A, B, C), (f"will request 2 dedicated IP addresses by a support case; {_cost('74.85', '124.75')}",)),
    ("a lower count", wish(2, lowered=True), memory(A, B, C), (f"will relinquish 192.0.2.1 by a support case, which is final; {_cost('74.85', '49.90')}", _told(A))),
    ("all that go are named", wish(0, lowered=True), memory(*TEN), (f"will relinquish {', '.join(TEN)} by a support case, which is final; {_cost('249.50', '0.00')}", _told(*TEN))),
    ("what is doubtful stays, and costs", wish(1, lowered=True), memory(A, B, C, D, doubtful=frozenset((A, B))), (f"will relinquish 192.0.2.3 by a support case, which is final; {_cost('99.80', '74.85')}", _told(C), KEPT, ALONE)),
    ("nothing goes in its place", wish(1, lowered=True), memory(A, B, C, doubtful=frozenset((A, B))), (KEPT,)),
    ("it stays when the lease ends", replace(wish(), ending=True), memory(A, B, C, doubtful=frozenset((A, B))), (f"will relinquish 192.0.2.3 by a support case, which is final; {_cost('74.85', '49.90')}", _told(C), KEPT)),
    ("addresses being relinquished already cost until they are gone", wish(1, lowered=True), memory(A, B, C, count=2, cases=(GOING,)), (f"will relinquish 192.0.2.2 by a support case, which is final; {_cost('74.85', '24.95')}", _told(B), ALONE)),
    ("it is not stopped by a higher count", wish(3), memory(A, B, C, count=2, cases=(GOING,)), (f"will request 1 dedicated IP address by a support case; {_cost('74.85', '74.85')}", "case 1700000002 still relinquishes 192.0.2.1; raising `count` does not stop that")),
    ("nothing changes", wish(), memory(A, B, C), ()),
    ("a refusal is not repeated", wish(), memory(A, cases=(CLOSED,)), ()),
    ("`attempt` was raised", wish(attempt=2), memory(A, cases=(CLOSED,)), (f"will request 2 dedicated IP addresses by a support case; {_cost('24.95', '74.85')}",)),
    ("more came than were requested, and nobody lowered the count", wish(1), memory(A, B, count=1), ()),
    ("the open request is amended", wish(5), memory(A, cases=(followed(request(), arrived=1),)), (f"will change the open case 1700000001 to 5 in all, instead of 3; {_cost('24.95', '124.75')}",)),
    ("it is withdrawn", wish(1, lowered=True), memory(A, cases=(followed(request(), arrived=1),)), (f"will withdraw the open case 1700000001; {_cost('24.95', '24.95')}", ALONE)),
    ("it is withdrawn before addresses go", wish(1, lowered=True), memory(A, B, cases=(followed(request(), arrived=2),)), (f"will withdraw the open case 1700000001, then relinquish 192.0.2.1 by a support case, which is final; {_cost('49.90', '24.95')}", _told(A), ALONE)),
    ("a case may have been filed", wish(5), memory(intent=intent()), ()),
    ("it was not filed, if AWS does not list it by now", wish(), memory(count=1, intent=intent(minutes_ago=11)), (f"will request 3 dedicated IP addresses by a support case; {_cost('0.00', '74.85')}",)),
    ("the lease moves to another Region, and ends here", replace(wish(), ending=True), memory(A, B, C, cases=(GOING,)), (f"will relinquish 192.0.2.2, 192.0.2.3 by a support case, which is final; {_cost('74.85', '0.00')}", _told(B, C))),
    ("the record had no room for others' addresses", wish(), memory(A, knows=None), ()),
    ("the account has addresses of nobody", wish(), memory(A, others=(D,), count=1), (f"will request 2 dedicated IP addresses by a support case; {_cost('24.95', '74.85')}", "the account also has 192.0.2.4 in eu-west-1, which the lease does not hold; `adopt` adds such addresses to it")),
    ("they are not mentioned if nothing is filed", wish(1), memory(A, others=(D,), count=1), ()),
    # Pools.
    ("addresses are divided for the first time", wish(2, pools={"orders": 1}), memory(A, B, count=2), ("pool orders gets 192.0.2.2", SHOWN.format("orders"), FREE)),
    ("a pool shrinks, and another one grows", wish(2, pools={"news": 1, "orders": 1}, division={"news": (A, B)}), memory(A, B, count=2), ("pool news loses 192.0.2.1 to pool orders", FREE)),
    ("a pool is gone", wish(2, division={"news": (A, B)}), memory(A, B, count=2), ("pool news loses 192.0.2.1", "pool news loses 192.0.2.2", FREE)),
    ("each of two pools loses one", wish(2, pools={"mail": 2}, division={"news": (A,), "orders": (B,)}), memory(A, B, count=2), ("pool news loses 192.0.2.1 to pool mail", "pool orders loses 192.0.2.2 to pool mail", FREE)),
    ("a pool is renamed", wish(2, pools={"mail": 1}, division={"news": (A,)}), memory(A, B, count=2), ("pool news loses 192.0.2.1", "pool mail gets 192.0.2.2", SHOWN.format("mail"), FREE)),
    ("nothing moves", wish(2, pools={"news": 1}, division={"news": (A,)}), memory(A, B, count=2), ()),
    ("a pool loses what goes", wish(1, lowered=True, pools={"news": 1}, division={"news": (A, B)}), memory(A, B, count=2), (f"will relinquish 192.0.2.1 by a support case, which is final; {_cost('49.90', '24.95')}", _told(A), ALONE, "pool news loses 192.0.2.1, which is relinquished")),
    ("a pool gets another one for what goes", wish(2, lowered=True, pools={"news": 2}, division={"news": (A, B)}, relinquish_first=(B,)), memory(A, B, C), (f"will relinquish 192.0.2.2 by a support case, which is final; {_cost('74.85', '49.90')}", _told(B), "pool news loses 192.0.2.2, which is relinquished", "pool news gets 192.0.2.3")),
    ("a lease with pools ends", replace(wish(1, pools={"news": 1}, division={"news": (A,)}), ending=True), memory(A, count=1), (f"will relinquish 192.0.2.1 by a support case, which is final; {_cost('24.95', '0.00')}", _told(A), "pool news loses 192.0.2.1, which is relinquished")),
    ("those of no pool go first", wish(2, lowered=True, pools={"news": 2}, division={"news": (A, B)}), memory(A, B, C), (f"will relinquish 192.0.2.3 by a support case, which is final; {_cost('74.85', '49.90')}", _told(C))),
    ("what vanished is no loss", wish(2, pools={"news": 1}, division={"news": (A, D)}), memory(A, B, count=2), ()),
    # Forms.
    ("a person files a request", wish(filing="console"), NEW, (f"will fill in a form for you to file, which requests 3 dedicated IP addresses; {_cost('0.00', '74.85')}",)),
    ("a person files what goes", wish(2, lowered=True, filing="console"), memory(A, B, C), (f"will fill in a form for you to file, which relinquishes 192.0.2.1, which is final; {_cost('74.85', '49.90')}", _told(A))),
    ("the form waits already", wish(filing="console"), memory(forms=(form(asks=3),)), ()),
    ("it is replaced", wish(5, filing="console"), memory(forms=(form(asks=3),)), (f"will fill in a form for you to file, which requests 5 dedicated IP addresses; {_cost('0.00', '124.75')}",)),
    ("nobody needs it any more", wish(1, lowered=True, filing="console"), memory(A, forms=(form(asks=2),)), (f"will drop the pending form that requests addresses; {_cost('24.95', '24.95')}", ALONE)),
    ("all are wanted again", wish(3, filing="console"), memory(A, B, C, count=2, forms=(form(A),)), (f"will drop the pending form that relinquishes addresses; {_cost('74.85', '74.85')}",)),
    ("what a form relinquishes goes on", wish(1, lowered=True, filing="console"), memory(A, B, C, count=2, forms=(form(A),)), (f"will fill in a form for you to file, which relinquishes 192.0.2.1, 192.0.2.2, which is final; {_cost('74.85', '24.95')}", _told(A, B), ALONE)),
    ("a person amends what is open", wish(5, filing="console"), memory(cases=(replace(OPEN, by_form=True),)), (f"will write a message for you to send in case 1700000001; {_cost('0.00', '124.75')}",)),
    ("a person withdraws what is open before addresses go", wish(1, lowered=True, filing="console"), memory(A, B, count=2, cases=(followed(request(asks=1), arrived=1, by_form=True),)), (f"will fill in a form for you to file, which relinquishes 192.0.2.1, which is final, then write a message for you to send in case 1700000001; {_cost('49.90', '24.95')}", _told(A), ALONE)),
    ("AWS does not wait for a yes", wish(1, confirm_relinquish=True), memory(A, B, count=1, cases=(GOING,)), ()),
    ("a person takes over from the Support API", wish(filing="console"), memory(cases=(OPEN,)), (f"will withdraw the open case 1700000001, then fill in a form for you to file, which requests 3 dedicated IP addresses; {_cost('0.00', '74.85')}",)),
    ("the Support API takes over from a person", wish(), memory(forms=(form(asks=3),)), (f"will request 3 dedicated IP addresses by a support case; {_cost('0.00', '74.85')}",)),
    ("the Support API takes over what goes", wish(2, lowered=True), memory(A, B, C, count=2, forms=(form(A),)), (f"will relinquish 192.0.2.1 by a support case, which is final; {_cost('74.85', '49.90')}", _told(A))),
]  # fmt: skip


@table("reason, wanted, remembered, lines", LINES)
def test_a_preview_warns_before_it_costs(reason: str, wanted: Wish, remembered: Memory, lines: tuple[str, ...]) -> None:
    """What will be filed, what it costs, which addresses are relinquished, and which pool loses which."""
    said = preview(wanted, remembered, NOW)

    assert Preview(lines=tuple(f"eu (eu-west-1): {line}" for line in lines)) == said, reason


ADOPTIONS: list[tuple[str, Wish, Memory, Addresses, tuple[str, ...]]] = [
    ("a new lease adopts all", wish(2, adopt=(A, B)), NEW, frozenset((A, B)), ()),
    ("a new lease adopts some", wish(3, adopt=(A, B)), NEW, frozenset((A, B)), (f"will request 1 dedicated IP address by a support case; {_cost('49.90', '74.85')}",)),
    ("what is adopted is divided", wish(2, adopt=(A, B), pools={"news": 2}), NEW, frozenset((A, B)), ("pool news gets 192.0.2.1", "pool news gets 192.0.2.2", SHOWN.format("news"), FREE)),
    ("what was still to come is adopted", wish(3, adopt=(B, C)), memory(A, others=(B, C), cases=(followed(request(), arrived=1),)), frozenset((B, C)), (f"will withdraw the open case 1700000001; {_cost('74.85', '74.85')}",)),
]  # fmt: skip


@table("reason, wanted, remembered, adopting, lines", ADOPTIONS)
def test_adopted_addresses_count_without_a_check(
    reason: str, wanted: Wish, remembered: Memory, adopting: Addresses, lines: tuple[str, ...]
) -> None:
    """A preview cannot check whether the account has the addresses."""
    said = preview(wanted, remembered, NOW, adopting=adopting)

    assert tuple(f"eu (eu-west-1): {line}" for line in lines) == said.lines, reason


def test_a_cost_is_in_the_price_that_is_given() -> None:
    """And the line says which price it is."""
    said = preview(wish(), memory(A, count=1), NOW, price=Price(usd=Decimal(30), source="as we pay"))

    assert said.lines[0].endswith("; USD 30.00 => 90.00 a month once AWS has done this (30 each, as we pay)")


def test_the_order_of_the_last_look_says_which_go() -> None:
    """The least valuable first, as SES showed them."""
    said = preview(replace(wish(1, lowered=True), order=(C, A, B)), memory(A, B, C), NOW)

    assert said.lines[0].startswith("eu (eu-west-1): will relinquish 192.0.2.1, 192.0.2.3 by a support case")


def test_a_confirmation_comes_first() -> None:
    """In the order of the update."""
    remembered = memory(A, B, count=1, cases=(GOING,))

    said = preview(wish(4, confirm_relinquish=True), remembered, NOW, question=True)

    assert said.lines[0].startswith(
        "eu (eu-west-1): will confirm the relinquishment to AWS, once, which is final, then request 3 dedicated IP"
    )


QUESTIONS = [
    ("the user says yes beforehand", wish(1, confirm_relinquish=True), f"will confirm the relinquishment to AWS, once, which is final; {_cost('49.90', '24.95')}"),
    ("a person says it", wish(1, confirm_relinquish=True, filing="console"), f"will write a message for you to send, which confirms the relinquishment and is final; {_cost('49.90', '24.95')}"),
    ("nobody said yes", wish(1), None),
]  # fmt: skip


@table("reason, wanted, line", QUESTIONS)
def test_a_confirmation_is_announced(reason: str, wanted: Wish, line: str | None) -> None:
    """It is final, and the update may have nothing else to do."""
    said = preview(
        wanted,
        memory(A, B, count=1, cases=(replace(GOING, by_form=wanted.lease.filing == "console"),)),
        NOW,
        question=True,
    )

    assert (f"eu (eu-west-1): {line}" if line else None) == (said.lines[0] if said.lines else None), reason


REFUSED = [
    ("`use_case` is missing", wish(use_case=None), NEW, "eu (eu-west-1) cannot request 3 dedicated IP addresses: AWS asks what you send, and `use_case` is missing."),
    ("the same, and a person files", wish(use_case=None, filing="console"), NEW, "eu (eu-west-1) cannot request 3 dedicated IP addresses: AWS asks what you send, and `use_case` is missing."),
    ("a person filed what is open", wish(), memory(cases=(replace(OPEN, by_form=True),)), "eu (eu-west-1): case 1700000001 is still open; a person filed it, and `filing` is `support-api` now."),
    ("the Support API filed what relinquishes", wish(1, filing="console"), memory(A, B, count=1, cases=(GOING,)), "eu (eu-west-1): case 1700000002, which relinquishes addresses, was filed through the Support API and is still open, and `filing` is `console` now."),
]  # fmt: skip


@table("reason, wanted, remembered, what", REFUSED)
def test_a_refusal_is_known_before_the_update(reason: str, wanted: Wish, remembered: Memory, what: str) -> None:
    """The preview fails with the same error as the update."""
    refusal = preview(wanted, remembered, NOW).refusal

    assert isinstance(refusal, Refuse)
    assert what == refusal.what, reason
