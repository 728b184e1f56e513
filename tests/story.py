"""A story of some leases in one AWS account: Pulumi's commands, AWS's people, and the account's own people.

    story = Story()
    eu = story.declare("prod", "eu", count=2)
    story.up("prod")
    story.grant(story.open_case(eu))
    story.refresh("prod")
    assert [] == story.wrong()

The commands are in `commands`, with what must hold of each. `wrong` names what does not hold of all together.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from commands import IRELAND, Commands, Resource
from invariants import broken, messages_in

from dedicated_ip_provider.emulator import Case, Desk, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

START: Final = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)

_PAPER: Final = re.compile(r"^(Open a case at |Write in case )(.*?)\n-{72}\n(.*?)\n-{72}$", re.MULTILINE | re.DOTALL)
_AN_ADDRESS: Final = re.compile(r"\b192\.0\.2\.\d+\b")
_FIELD: Final = re.compile(r"^(\w+): (.*)$", re.MULTILINE)
_MARK: Final = re.compile(r"^mark: (\S+)$", re.MULTILINE)


class Story(Commands):
    """One account with its desk, and the stacks that lease in it."""

    def __init__(self, **settings: Any) -> None:
        """Start with an empty account, and nothing in any program."""
        told: list[str] = []
        super().__init__(Desk(Settings(**settings), START, told.append), told)
        self.nobodys: set[str] = set()
        """Addresses that came at a time when they could be no lease's."""
        self.brought: dict[str, str] = {}
        """Addresses that a lease's open request brought, with the lease's key."""
        self.vanished: set[str] = set()

    # What the account's people do in the Support Center.

    def post(self, text: str) -> None:
        """File what stands in a `form_text`, as it says; nobody files again what is on file, nor what was overtaken."""
        on_file = {message.mark for case in self.desk.cases() for message in messages_in(case)}
        for what, head, body in _PAPER.findall(text):
            mark = _MARK.findall(body)[-1]
            if mark in on_file or self._is_overtaken(body):
                continue
            self.wishes.by_hand.add(mark)
            if what.startswith("Open"):
                subject, fields = _filled_in(head)
                self.desk.file_by_hand(subject, f"{fields}\n------------\n{body}")
                continue
            case = head.split(maxsplit=1)[0].rstrip(":")
            self.desk.reply(case, body)
            if ", then resolve the case" in head:
                self.desk.resolve(case)

    def has_overtaken(self, text: str) -> bool:
        """Tell whether a form stands there that is not to be filed any more."""
        return any(self._is_overtaken(body) for _, _, body in _PAPER.findall(text))

    def _is_overtaken(self, body: str) -> bool:
        """Tell whether a form that asks has an old "before": docs/how-to/console says what to do then.

        Another lease asked in the Region after it was printed, or something came that the lease has not seen yet.
        """
        form = dict(_FIELD.findall(body))
        before = form.get("before", "").split()
        others = [(case, first) for case, first in self._all_cases() if first.lease_key != form["lease"]]
        return form["step"] == "request" and (
            self._has_come_unseen(form)
            or any(
                not (case.is_resolved and set(case.granted) <= set(before))
                for case, first in others
                if (first.step, first.fields["region"]) == ("request", form["region"])
            )
        )

    def _has_come_unseen(self, form: dict[str, str]) -> bool:
        [one] = [one for one in self.resources if one.key == form["lease"]]
        waiting = one.state["memory"].get("open_cases", []) if one.state else []
        known = {ip for case in waiting for ip in case.get("before", [])}
        return not known.issuperset(self.desk.addresses(one.region))

    def forget(self, text: str) -> None:
        """Never file what was printed: what it gives back stays where it is."""
        self.held_at_the_end -= {ip for _, _, body in _PAPER.findall(text) for ip in _AN_ADDRESS.findall(body)}

    # What AWS's people do, and what else happens to the account.

    def open_case(self, one: Resource, step: str = "request") -> Case:
        """Give a lease's one open case of a kind."""
        [case] = [case for case, first in self.cases() if (first.lease_key, first.step) == (one.key, step)]
        return case

    def grant(self, case: Case, count: int | None = None, *, close: bool | None = None) -> None:
        """Let AWS add addresses for a request."""
        came = self.desk.grant(case.id, count, close=close)
        messages = messages_in(case)
        if not case.is_resolved and not any(message.step == "withdraw" for message in messages):
            self.brought |= dict.fromkeys(came, messages[0].lease_key)

    def grant_and_remove_all(self) -> None:
        """Let AWS do all that it was asked to."""
        for case, first in self.cases():
            if first.step == "relinquish":
                self.desk.remove(case.id)
            else:
                self.grant(case, close=True)

    def lease(self, stack: str, name: str, **inputs: Any) -> Resource:
        """Declare a lease, and let AWS grant all of it."""
        one = self.declare(stack, name, **inputs)
        self.up(stack)
        self.grant(self.open_case(one))
        self.refresh(stack)
        return one

    def appear(self, region: str = IRELAND, count: int = 1) -> tuple[str, ...]:
        """Let addresses appear that somebody else asked for."""
        quiet = self._is_quiet(region)
        came = self.desk.lease(region, count)
        self.nobodys |= set(came) if quiet else set()
        return came

    def vanish(self, region: str, ip: str) -> None:
        """Let an address vanish that nobody gave back."""
        self.desk.take_away(region, ip)
        self.wishes.note_vanished(self.desk, region, ip)
        self.vanished.add(ip)

    # What is there.

    def named_in(self, case: Case) -> tuple[str, ...]:
        """Give the addresses that a case gives back."""
        return messages_in(case)[0].addresses("returns")

    def given_back(self) -> set[str]:
        """Give the addresses that some case gave back, whatever AWS made of it."""
        return {ip for case, _ in self._all_cases() for ip in self.named_in(case)}

    def adopted(self, key: str | None = None) -> set[str]:
        """Give the addresses that some lease, or this one, was told to adopt."""
        return {ip for wish in self.wishes.all if key in (None, wish.lease_key) for ip in wish.adopt}

    def free(self, one: Resource) -> list[str]:
        """Give the addresses of a lease's Region that no lease holds, and no case is about, for it to adopt.

        There are none while another lease may take one for what its request brought: no case says what is adopted.
        """
        if not self._is_quiet(one.region, but=one):
            return []
        held = {ip for one in self.resources for ip in one.holds}
        asked_for = {ip for case in self.desk.cases() for ip in case.granted}
        taken = held | asked_for | self.given_back() | self.adopted()
        return [ip for ip in self.desk.addresses(one.region) if ip not in taken]

    def has_cases(self, one: Resource) -> bool:
        """Tell whether a lease has ever had a case."""
        return any(first.lease_key == one.key for _, first in self._all_cases())

    # What must hold of all together.

    def wrong(self) -> list[str]:
        """Name whatever is not as promised, in the account and in the states together."""
        return [*broken(self.desk, self.wishes), *self._held_twice(), *self._held_wrongly(), *self._lost()]

    def _held_twice(self) -> Iterator[str]:
        holders: dict[str, str] = {}
        for one in self.resources:
            for ip in one.holds:
                if ip in holders:
                    yield f"{ip} is held by {holders[ip]} and by {one.key}"
                holders[ip] = one.key

    def _held_wrongly(self) -> Iterator[str]:
        for one in self.resources:
            for ip in one.holds:
                foreign = self.nobodys - self.adopted(one.key) - self.taken_for_missing(one)
                if ip in foreign or self.brought.get(ip, one.key) != one.key:
                    yield f"{one.key} holds {ip}, which is not its own"

    def _lost(self) -> Iterator[str]:
        """Name what an open request brought to a lease and the lease does not hold, just after it looked.

        Where cases could not be read, other addresses may have stood for what was to come, and the request for done.
        """
        for one in self.resources:
            if one.state is not None and one.looked_at == self._account() and not one.was_blind:
                mine = {ip for ip, key in self.brought.items() if key == one.key}
                here = mine & set(self.desk.addresses(one.region))
                for ip in sorted(here - set(one.holds) - self.held_at_the_end - self.given_back()):
                    yield f"{one.key} lost {ip}, which its request brought"

    def taken_for_missing(self, one: Resource) -> set[str]:
        """Give what a lease that was made anew took for addresses of its own: some that it had asked for are not here.

        It knows of its earlier life what the cases say, and no case says which address came.
        """
        asked = sum(
            first.asks for _, first in self._all_cases() if (first.lease_key, first.step) == (one.key, "request")
        )
        came = {ip for ip, key in self.brought.items() if key == one.key} - self.vanished
        return one.taken_up if len(came) < asked else set()

    def _is_quiet(self, region: str, but: Resource | None = None) -> bool:
        """Tell whether what appears now can be no lease's: every request was answered in full, or over, and seen."""
        asked = {first.lease_key for _, first in self._all_cases() if first.step == "request"}
        return all(
            self._is_still(one)
            for one in self.resources
            if one.region == region and one.key in asked and one is not but
        )

    def _is_still(self, one: Resource) -> bool:
        if one.state is not None:
            return one.looked_at == self._account() and not one.state["memory"].get("unfinished", False)
        mine = [(case, first) for case, first in self._all_cases() if first.lease_key == one.key]
        latest, last_words = max(mine, key=lambda each: each[0].number)
        return latest.is_resolved and last_words.step == "relinquish" and last_words.declared[0] == 0

    def _all_cases(self) -> list[tuple[Case, Any]]:
        return [*self.cases(), *self.cases(is_open=False)]


def _filled_in(head: str) -> tuple[str, str]:
    """Give the subject of a printed form, and the fields that a person fills in."""
    lines = [line for line in head.splitlines() if ": " in line]
    [subject] = [line.removeprefix("Subject: ") for line in lines if line.startswith("Subject: ")]
    return subject, "\n".join(line for line in lines if not line.startswith(("Subject: ", "Description: ")))
