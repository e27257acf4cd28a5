"""A rush in one town is that town's: the others are served, and whoever cannot be is told at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from tenants.hosts import Address
from tenants.turns import Busy, TurnMiddleware, Turns

LONG = 30.0


class Crowd:
    """People of several towns at one door; each stays inside until let go."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.order: list[str] = []
        self.refused: list[str] = []
        self._entered = threading.Semaphore(0)
        self._leaves = threading.Semaphore(0)
        self._ended = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []

    def come(self, town: str) -> None:
        thread = threading.Thread(target=self._one, args=(town,))
        self._threads.append(thread)
        thread.start()

    def _one(self, town: str) -> None:
        try:
            with self.turns.turn(town):
                self.order.append(town)
                self._entered.release()
                assert self._leaves.acquire(timeout=LONG)
        except Busy:
            self.refused.append(town)
        self._ended.release()

    def await_entered(self, count: int) -> None:
        for _ in range(count):
            assert self._entered.acquire(timeout=LONG)

    def await_line(self, town: str, count: int) -> None:
        """Somebody who has come stands in the line a moment later; nothing else can happen to them."""
        while self.turns.waiting(town) < count:
            threading.Event().wait(0.001)

    def let_one_go(self) -> None:
        self._leaves.release()
        assert self._ended.acquire(timeout=LONG)

    def end(self) -> None:
        for _ in self._threads:
            self._leaves.release()
        for thread in self._threads:
            thread.join(LONG)


@pytest.fixture
def crowd() -> Iterator[Callable[..., Crowd]]:
    made: list[Crowd] = []

    def make(**numbers: int) -> Crowd:
        wanted = {"at_work": 3, "town_at_work": 2, "town_inside": 5, "inside": 8, **numbers}
        made.append(Crowd(Turns(**wanted, patience=LONG)))
        return made[-1]

    yield make
    for one in made:
        one.end()


def test_a_noisy_town_leaves_a_place_for_the_others(crowd: Callable[..., Crowd]) -> None:
    door = crowd()
    for _ in range(5):
        door.come("noisy")
    door.await_entered(2)
    door.await_line("noisy", 3)

    door.come("quiet")
    door.await_entered(1)  # while three of the noisy town go on waiting
    assert sorted(door.order) == ["noisy", "noisy", "quiet"]
    assert door.turns.waiting("noisy") == 3


def test_whoever_finds_too_long_a_line_is_sent_away_at_once(crowd: Callable[..., Crowd]) -> None:
    door = crowd()
    for _ in range(5):
        door.come("noisy")
    door.await_entered(2)
    door.await_line("noisy", 3)

    with pytest.raises(Busy), door.turns.turn("noisy"):
        raise AssertionError("there was no place")


def test_many_noisy_towns_fill_no_more_than_the_house(crowd: Callable[..., Crowd]) -> None:
    door = crowd(inside=4)
    for town in ("one", "one", "two", "two"):
        door.come(town)
    door.await_entered(3)
    while door.turns.waiting("one") + door.turns.waiting("two") < 1:
        threading.Event().wait(0.001)

    with pytest.raises(Busy), door.turns.turn("three"):
        raise AssertionError("there was no place")


def test_a_free_place_goes_to_the_town_that_has_the_fewest(crowd: Callable[..., Crowd]) -> None:
    door = crowd(at_work=1, town_at_work=1)
    door.come("noisy")
    door.await_entered(1)
    for number in range(1, 4):
        door.come("noisy")
        door.await_line("noisy", number)
    door.come("quiet")
    door.await_line("quiet", 1)

    for _ in range(4):
        door.let_one_go()
        door.await_entered(1)
    assert door.order == ["noisy", "noisy", "quiet", "noisy", "noisy"]


def test_a_place_is_free_again_after_a_fault() -> None:
    turns = Turns(at_work=1, town_at_work=1, town_inside=1, inside=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="a fault"), turns.turn("noisy"):
            raise ValueError("a fault")


def test_whoever_gives_up_waiting_leaves_no_trace(crowd: Callable[..., Crowd]) -> None:
    door = crowd(at_work=1, town_at_work=1)
    door.come("noisy")
    door.await_entered(1)

    door.turns.patience = 0.0
    with pytest.raises(Busy), door.turns.turn("quiet"):
        raise AssertionError("there was no place")
    assert door.turns.waiting("quiet") == 0
    door.let_one_go()
    with door.turns.turn("quiet"):
        assert door.order == ["noisy"]


def _nobody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("served")


def _ask(door: TurnMiddleware, path: str) -> HttpResponse:
    request = RequestFactory().get(path)
    request.address = Address("khanyounis", "municipality", "live", "خان يونس", "Khan Yunis")  # type: ignore[attr-defined]
    return door(request)


@pytest.fixture
def full(settings: Any) -> TurnMiddleware:
    """A door at which nobody of any town can be let in."""
    settings.TOWN_INSIDE = 0
    return TurnMiddleware(_nobody)


def test_a_person_reads_a_page_and_a_programme_a_problem(full: TurnMiddleware) -> None:
    page = _ask(full, "/people")
    assert page.status_code == 503
    assert page["Retry-After"] == "5"
    assert page["Cache-Control"] == "no-store"
    assert "مزدحمة" in page.content.decode()

    problem = _ask(full, "/api/v1/parties")
    assert problem.status_code == 503
    assert problem["Retry-After"] == "5"
    assert problem["Content-Type"] == "application/problem+json"
    assert b'"busy"' in problem.content


def test_probes_are_answered_when_nobody_else_is(full: TurnMiddleware) -> None:
    assert _ask(full, "/livez").content == b"served"
    assert _ask(full, "/readyz").content == b"served"


def test_who_is_sent_away_costs_no_query(
    town: str, settings: Any, count_queries: Callable[..., Any]
) -> None:
    client = Client(HTTP_HOST="khanyounis.test")
    assert client.get("/livez").status_code == 200
    settings.TOWN_INSIDE = 0
    full = Client(HTTP_HOST="khanyounis.test")
    with count_queries() as seen:
        answer = full.get("/")
    assert answer.status_code == 503
    assert len(seen) == 0
