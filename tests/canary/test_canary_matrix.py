"""Two towns with the same ids and numbers, a mark in every text: no byte of one is seen in the other."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from kernel import registry
from tests.canary.acts import ARGUMENTS, OF_ALL, Act, shuffled, task_names
from tests.canary.conftest import SEED, Ground
from tests.canary.marking import REASONS, columns_of
from tests.canary.sightings import Sightings, look_everywhere
from tests.canary.twins import Town, behind_the_house
from tests.canary.visiting import Visitor

THREADS = 4
FAULTS = 0.15


def test_the_twins_have_the_same_ids(ground: Ground) -> None:
    with behind_the_house() as raw:
        differ = [
            str(column)
            for column in columns_of(raw, ground.twins.first.schema)
            if column.name in {"id", "uid"}
            and len(
                {
                    raw.execute(
                        f"SELECT md5(string_agg({column.name}::text, ',' ORDER BY {column.name})) "
                        f'FROM "{town.schema}"."{column.table}"'
                    ).fetchone()[0]  # type: ignore[index]
                    for town in ground.twins
                }
            )
            > 1
        ]
    assert differ == []


def test_every_text_of_a_town_carries_its_mark_or_says_why_not(ground: Ground) -> None:
    """A new column without a canary stops here: fill it in tests/exemplars.py, or say in columns.toml why not."""
    bare = sorted({column for columns in ground.unmarked.values() for column in columns})
    assert not bare, f"columns without a mark: {', '.join(bare)}"
    with behind_the_house() as raw:
        columns = columns_of(raw, ground.twins.first.schema)
    tables = {column.table for column in columns}
    named = {one for one in REASONS if one.partition(".")[0] in tables}  # a module may be taken out
    gone = named - {str(column) for column in columns}
    assert not gone, f"columns.toml names what is no longer there: {gone}"


def test_every_task_is_driven() -> None:
    """What a manifest schedules is known to the workers, and so to the matrix."""
    scheduled = {one.task for module in registry.modules() for one in module.schedules}
    assert scheduled | set(ARGUMENTS) | OF_ALL <= set(task_names())


def test_every_door_is_opened_with_an_object(ground: Ground) -> None:
    assert ground.unknown_doors == []


def test_no_byte_of_one_is_seen_in_the_other(
    ground: Ground, sightings: Sightings, visitor: Callable[..., Visitor]
) -> None:
    """Every door, endpoint, task, job, panel, tile, figure and source, in threads that change between the towns."""
    print(f"canary matrix: CANARY_SEED={SEED}")
    plan = shuffled(ground.acts, ground.twins, seed=SEED)
    held = {town.schema: threading.Lock() for town in ground.twins}
    visitors = [visitor(seed=SEED + number, faults=FAULTS) for number in range(THREADS)]

    def drive(number: int) -> None:
        own = visitors[number]
        try:
            for act, town in plan[number::THREADS]:
                _done(act, own, town, held, sightings)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(drive, range(THREADS)))
    look_everywhere(sightings)
    assert not sightings.found, "\n".join(sightings.found[:40])
    answered = sum((one.answered for one in visitors), Counter())
    assert answered["2xx"] > len(ground.acts) / 2, answered


def _done(
    act: Act, own: Visitor, town: Town, held: dict[str, threading.Lock], sightings: Sightings
) -> None:
    """One writer at a time in each town, so that no two wait for one another; readers go on beside it."""
    own.doing = act.name
    if not act.writes:
        act.do(own, town)
        return
    with held[town.schema]:
        act.do(own, town)
        own.works_off(town)
