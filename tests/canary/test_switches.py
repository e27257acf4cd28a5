"""Every fix switched off once: the same eyes must then see the leak. And with nothing switched off, nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import structlog
from django.db import connection, connections
from psycopg import sql

from kernel.tenancy import current_schema_or_none
from tests.canary.carrying import carried
from tests.canary.conftest import Ground
from tests.canary.marking import columns_of
from tests.canary.sightings import Sightings, look_everywhere
from tests.canary.switches import SWITCHES, Switch
from tests.canary.twins import Twins, behind_the_house, forget_keys
from tests.canary.visiting import Visitor

SHORT = (
    "public home:home", "page home:home", "public frontdesk-citizen:guide", "page people:person", "page files:file",
    "page office:profile", "page finance:receipt-paper", "api get party-list", "search of all sources",
    "form frontdesk:note", "task notifications.deliver", "task jobs.run",
)  # fmt: skip
"""A run that is short and still comes past every fix."""


@pytest.fixture
def short_run(
    ground: Ground, sightings: Sightings, visitor: Callable[..., Visitor]
) -> Iterator[Callable[..., list[str]]]:
    """Drive the short run, or the acts that are named, now here, now there; gives what was seen. Afterwards the twins
    are as before."""

    def run(*only: str) -> list[str]:
        own = visitor()
        short = (*(ground.act(name) for name in SHORT), *carried())
        for act in tuple(map(ground.act, only)) or short:
            for town in ground.twins:
                own.doing = act.name
                act.do(own, town)
                own.works_off(town)
        look_everywhere(sightings)
        return sightings.found

    try:
        yield run
    finally:
        structlog.contextvars.clear_contextvars()
        _cleaned(ground.twins)


def test_with_every_fix_in_place_the_short_run_sees_nothing(
    short_run: Callable[..., list[str]],
) -> None:
    assert short_run() == []


@pytest.mark.parametrize(
    "switch", [one for one in SWITCHES if not one.in_threads], ids=lambda one: one.name
)
def test_a_fix_that_is_switched_off_is_seen(
    switch: Switch,
    ground: Ground,
    short_run: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        switch.off(patch, ground.twins)
        found = short_run(*switch.acts)
    assert any(switch.seen in one for one in found), found


def test_a_municipality_kept_for_the_process_is_seen_by_two_threads(
    ground: Ground,
    sightings: Sightings,
    visitor: Callable[..., Visitor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first request waits at its first query until the second has come in: no luck is needed.

    That query knows the programme by its key; the persons are asked for later, then in the second's municipality.
    """
    act = ground.act("api get party-list")
    _together(ground.twins, visitor, act.do)
    assert sightings.found == []
    (switch,) = [one for one in SWITCHES if one.in_threads]
    with monkeypatch.context() as patch:
        switch.off(patch, ground.twins)
        _together(ground.twins, visitor, act.do)
    _cleaned(ground.twins)
    assert any(switch.seen in one for one in sightings.found), sightings.found


def _together(
    twins: Twins, visitor: Callable[..., Visitor], do: Callable[[Visitor, object], None]
) -> None:
    first_is_in, second_is_in, first_is_done = (threading.Event() for _ in range(3))

    def first() -> None:
        def told() -> None:
            first_is_in.set()
            second_is_in.wait(120)

        with _held(told):
            do(visitor(), twins.first)
        first_is_done.set()

    def second() -> None:
        def told() -> None:
            second_is_in.set()
            first_is_done.wait(120)

        first_is_in.wait(120)  # who comes in first would be luck, and the other order shows nothing
        with _held(told):
            do(visitor(), twins.second)

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            for event in (first_is_in, second_is_in, first_is_done):
                event.set()
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, (first, second)))


@contextmanager
def _held(wait: Callable[[], object]) -> Iterator[None]:
    """The first query of a municipality waits."""
    waited = False

    def wrapper(execute: Callable[..., object], *asked: object) -> object:
        nonlocal waited
        if not waited and (current_schema_or_none() or "").startswith("canary"):
            waited = True
            wait()
        return execute(*asked)

    with connection.execute_wrapper(wrapper):
        yield
    assert waited, "the page asked nothing of its municipality"


def _cleaned(twins: Twins) -> None:
    """Whatever a switch let through is taken out again: rows, keys of the cache."""
    with behind_the_house() as raw:
        for town in twins:
            foreign = twins.other(town).mark
            for table in sorted({column.table for column in columns_of(raw, town.schema)}):
                raw.execute(
                    sql.SQL("DELETE FROM {q} AS t WHERE t::text LIKE %s").format(
                        q=sql.Identifier(town.schema, table)
                    ),
                    [f"%{foreign}%"],
                )
    forget_keys(twins)
