"""Questions of several threads, asked once: who gets whose answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from aws.written import file, request
from dedicated_ip_provider.aws.sharing import Cached, SingleFlight

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.case_text.messages import CaseMessage
    from dedicated_ip_provider.emulator import RunningEmulator


class Watched:
    """A look that several threads share; it counts how often it was taken, and waits for `open` before it begins."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.open = threading.Event()
        self.begun = threading.Event()
        self.ends = threading.Event()
        self.taken = 0
        self.looks = SingleFlight(self._look)

    def _look(self, begin: Callable[[], None]) -> int:
        assert self.open.wait(600)
        begin()
        self.taken += 1
        self.begun.set()
        assert self.ends.wait(600)
        return self.taken

    def wait_for(self, asked: int) -> None:
        """Wait until so many have asked for a look."""
        while self.looks._asked < asked:
            threading.Event().wait(0.001)


def test_a_look_serves_all_who_asked_before_it_began() -> None:
    """While it waits for its turn, others may come."""
    watched = Watched()
    watched.ends.set()
    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(watched.looks.take) for _ in range(4)]
        watched.wait_for(4)
        watched.open.set()

    assert [1] * 4 == [answer.result() for answer in answers]


def test_who_asks_after_a_look_began_gets_another() -> None:
    """What they did just before may be missing in the first."""
    watched = Watched()
    watched.open.set()
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(watched.looks.take)
        assert watched.begun.wait(600)
        others = [threads.submit(watched.looks.take) for _ in range(2)]
        watched.wait_for(3)
        watched.ends.set()

    assert (1, [2, 2]) == (first.result(), [other.result() for other in others])


def test_a_look_of_several_pages_began_with_the_first() -> None:
    """The later pages show older things: what was done in between may be missing."""
    looks: SingleFlight[None]

    def look(begin: Callable[[], None]) -> None:
        begin()
        looks._asked += 1
        begin()

    looks = SingleFlight(look)
    looks.take()

    assert (1, 2) == (looks._served, looks._asked)


def test_a_look_that_failed_serves_nobody() -> None:
    """The next one looks again."""
    answers = iter([KeyError("cut"), 7])

    def look(begin: Callable[[], None]) -> object:
        begin()
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    looks = SingleFlight(look)
    with pytest.raises(KeyError):
        looks.take()

    assert 7 == looks.take()


def test_an_answer_that_holds_is_asked_for_until_it_is_there() -> None:
    """A question that failed is no answer."""
    answers = iter([KeyError("cut"), 7])

    def ask() -> object:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    once = Cached(ask)
    with pytest.raises(KeyError):
        once.get()

    assert (7, 7) == (once.get(), once.get())


def test_leases_that_file_at_the_same_time_share_looks(emulator: RunningEmulator, account: Account) -> None:
    """Four threads that file eight cases need fewer looks than cases for the numbers that people know."""
    emulator.change(hourly_case_limit=None)
    account.cases()
    together = threading.Barrier(4)

    def number_of(message: CaseMessage) -> str | None:
        filed = file(account, message)
        together.wait(600)
        found = account.find_case(filed.mark, ())
        assert found is not None
        assert filed.id == found.id
        return found.display_id

    with ThreadPoolExecutor(4) as threads:
        numbers = set(threads.map(number_of, [request(number) for number in range(1, 9)]))

    assert {str(case.display_id) for case in emulator.cases()} == numbers
    assert 8 > len(emulator.calls("DescribeCases")) - 1
