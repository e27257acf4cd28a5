"""Who is served next when more come than can be served: no municipality waits because of another's rush.

A process works on few requests at once, because more only disturb one another. Others wait in a line of their
municipality's own, and the next place goes to the municipality that has the fewest. Whoever finds too long a line is
told so at once, before any query.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tenants.middleware import closed

# A load balancer that asks must be answered when nobody else is.
_PROBES = frozenset({"/livez", "/readyz"})


class Busy(Exception):
    """The line is too long, or did not move for too long."""


@dataclass
class Turns:
    """Places to work at, and a line for each municipality.

    `at_work` requests are worked on at once, `town_at_work` of them for one municipality; `town_inside` of one
    municipality and `inside` in all may work or wait. Whoever waits longer than `patience` seconds gives up.
    """

    at_work: int
    town_at_work: int
    town_inside: int
    inside: int
    patience: float = 10.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _working: Counter[str] = field(default_factory=Counter)
    _lines: dict[str, deque[threading.Event]] = field(default_factory=dict)

    @contextmanager
    def turn(self, town: str) -> Iterator[None]:
        """Work when it is this municipality's turn. Raises `Busy`."""
        self._await(town)
        try:
            yield
        finally:
            with self._lock:
                self._free(town)

    def waiting(self, town: str) -> int:
        """How many of the municipality stand in its line."""
        with self._lock:
            return len(self._lines.get(town, ()))

    def _await(self, town: str) -> None:
        with self._lock:
            line = self._lines.get(town, ())
            waiting = sum(len(one) for one in self._lines.values())
            if self._working[town] + len(line) >= self.town_inside:
                raise Busy
            if self._working.total() + waiting >= self.inside:
                raise Busy
            called = threading.Event()
            self._lines.setdefault(town, deque()).append(called)
            self._call()
        if called.wait(self.patience):
            return
        with self._lock:
            if called.is_set():  # called in the instant of giving up: the place goes on to the next
                self._free(town)
            else:
                self._lines[town].remove(called)
                if not self._lines[town]:
                    del self._lines[town]
        raise Busy

    def _free(self, town: str) -> None:
        self._working[town] -= 1
        if not self._working[town]:
            del self._working[town]
        self._call()

    def _call(self) -> None:
        """Give the free places away. Of those who have the fewest the one that was served longest ago is first."""
        while self._working.total() < self.at_work:
            able = [town for town in self._lines if self._working[town] < self.town_at_work]
            if not able:
                return
            town = min(able, key=lambda one: self._working[one])
            line = self._lines.pop(town)
            line.popleft().set()
            if line:
                self._lines[town] = line  # behind the others
            self._working[town] += 1


class TurnMiddleware:
    """Stands behind `HostMiddleware`: each request waits for its municipality's turn, or is answered 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.turns = Turns(
            at_work=settings.WEB_AT_WORK,
            town_at_work=settings.TOWN_AT_WORK,
            town_inside=settings.TOWN_INSIDE,
            inside=settings.WEB_INSIDE,
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in _PROBES:
            return self.get_response(request)
        address = request.address  # type: ignore[attr-defined]
        try:
            with self.turns.turn(address.schema):
                return self.get_response(request)
        except Busy:
            return closed(request, "busy", 503, address)
