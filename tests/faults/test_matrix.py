"""Whatever call fails, running the same command again ends as it would have ended anyway."""

from __future__ import annotations

from pathlib import Path

import pytest

from faults.matrix import (
    FAULTS,
    KINDS,
    LISTED_LATE,
    STEP,
    STEPS,
    Cell,
    Fault,
    Step,
    before,
    calls_of,
    cell,
    position,
    unbroken,
)
from faults.report import report

every_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)


def cells(step: Step, fault: Fault) -> list[tuple[int, Cell]]:
    """Return the cells of all calls of a step's command except further pages of a list, with the calls' positions."""
    operations = [call.operation for call in calls_of(step)]
    pages = [
        at for at, operation in enumerate(operations) if at and operation == operations[at - 1] == "GetDedicatedIps"
    ]
    return [(at, cell(step, fault, at)) for at in range(len(operations)) if at not in pages]


def wrongs(step: Step, found: Cell) -> list[str]:
    """Return what is not as promised."""
    wrong = list(found.broken)
    if not found.rested:
        wrong.append("it never ends")
    if found.end != unbroken(step):
        wrong.append(f"it ends differently: {found.end}")
    if found.first.error and not _is_true(found.first.error, is_changed=found.on_file[0] != before(step)):
        wrong.append(f"it says wrongly: {found.first.error}")
    return wrong


def consents_expected(step: Step, fault: Fault, at: int, found: Cell) -> int:
    """Return how often the user has to consent: once if a create was killed after it began what only it knew of."""
    if step.consent_from is None or not (fault.is_kill or (step.name == "take-over" and found.first.error)):
        return 0
    begins = position(step, *step.consent_from)
    return int(at > begins or (at == begins and fault.when == "after"))


def _is_true(error: str, *, is_changed: bool) -> bool:
    """Return whether an error has two lines, and says only if it is true that nothing was filed."""
    _, next_step = error.split("\n")
    return not is_changed or not next_step.startswith("Nothing was filed.") or "may be closed" in next_step


@every_step
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_same_command_again_reaches_the_wanted_end(step: Step, fault: Fault) -> None:
    """Nothing is filed twice, relinquished by mistake or requested beyond what is declared, and errors are true.

    Only a create that was killed after it had filed asks the user for consent, and says what to write.
    """
    found = cells(step, fault)

    assert {} == {at: wrong for at, one in found if (wrong := wrongs(step, one))}
    consents = [consents_expected(step, fault, at, one) for at, one in found]
    assert consents == [len(one.consents) for _, one in found]


@pytest.mark.parametrize(
    "step", [step for step in STEPS if step.name not in ("list", "print")], ids=lambda step: step.name
)
@pytest.mark.parametrize("fault", LISTED_LATE, ids=lambda fault: fault.name)
def test_a_case_that_aws_lists_late_is_not_filed_twice(step: Step, fault: Fault) -> None:
    """The intent in the record stands for the case until AWS lists it, or ten minutes have passed."""
    filings = [at for at, call in enumerate(calls_of(step)) if call.operation == "CreateCase"]

    assert {} == {at: wrong for at in filings if (wrong := wrongs(step, cell(step, fault, at)))}


@pytest.mark.parametrize("name", ["create", "withdraw-and-relinquish"])
@pytest.mark.parametrize("fault", KINDS, ids=lambda fault: fault.name)
def test_every_other_kind_of_fault_comes_to_the_same(name: str, fault: Fault) -> None:
    """Shown with two steps that together write in every way."""
    step = STEP[name]

    assert {} == {at: wrong for at, one in cells(step, fault) if (wrong := wrongs(step, one))}


def test_the_page_about_faults_is_what_was_seen() -> None:
    """`make faults >docs/faults.md` prints it from the cells of the tests above."""
    page = Path(__file__).parents[2] / "docs" / "faults.md"

    assert report() == page.read_text(encoding="utf-8")
