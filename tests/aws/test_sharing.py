"""Queries of several threads, made once: which thread gets which answer."""

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
    """A query that several threads share; it counts its runs, and waits for `open` before each begins."""

    def __init__(self) -> None:
        """Start without a run."""
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
        """Wait until so many threads have asked."""
        while self.looks._asked < asked:
            threading.Event().wait(0.001)


def test_a_query_serves_all_that_asked_before_it_began() -> None:
    """More threads may ask while it waits for its turn."""
    watched = Watched()
    watched.ends.set()
    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(watched.looks.take) for _ in range(4)]
        watched.wait_for(4)
        watched.open.set()

    assert [1] * 4 == [answer.result() for answer in answers]


def test_a_thread_that_asks_after_it_began_gets_the_next_answer() -> None:
    """What the thread did just before may be missing in the first."""
    watched = Watched()
    watched.open.set()
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(watched.looks.take)
        assert watched.begun.wait(600)
        others = [threads.submit(watched.looks.take) for _ in range(2)]
        watched.wait_for(3)
        watched.ends.set()

    assert (1, [2, 2]) == (first.result(), [other.result() for other in others])


def test_a_query_of_several_pages_began_with_the_first() -> None:
    """What was done while the pages were read may be missing in them."""
    looks: SingleFlight[None]

    def look(begin: Callable[[], None]) -> None:
        begin()
        looks._asked += 1
        begin()

    looks = SingleFlight(look)
    looks.take()

    assert (1, 2) == (looks._served, looks._asked)


def test_an_answer_is_only_one_that_came() -> None:
    """A query that failed is made again; of the two, only `Cached` keeps the answer."""
    answers = iter([KeyError("cut"), 1, KeyError("cut"), 2, 3])

    def ask(begin: Callable[[], None] = lambda: None) -> object:
        begin()
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    once, looks = Cached(ask), SingleFlight(ask)
    for take, expected in ((once.get, (1, 1)), (looks.take, (2, 3))):
        with pytest.raises(KeyError):
            take()
        assert expected == (take(), take())


def test_leases_that_file_at_the_same_time_share_queries(emulator: RunningEmulator, account: Account) -> None:
    """Four threads that file eight cases need fewer than eight lists to learn the cases' numbers."""
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
