"""What `kernel.snapshots` promises, shown where it is first used."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from kernel.snapshots import Snapshot, one_look
from kernel.tenancy import use

pytestmark = pytest.mark.usefixtures("town")


class Table:
    """Stands for rows: counts how often it is read."""

    def __init__(self) -> None:
        self.rows, self.reads = 1, 0

    def load(self) -> int:
        self.reads += 1
        return self.rows


def _kept() -> tuple[Table, Snapshot[int]]:
    cache.clear()
    table = Table()
    return table, Snapshot("test.rows", table.load)


def test_it_is_read_once_until_it_changes(django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    table, kept = _kept()
    assert [kept.get(), kept.get(), table.reads] == [1, 1, 1]
    with django_capture_on_commit_callbacks(execute=True):
        table.rows = 2
        kept.changed()
    assert [kept.get(), kept.get(), table.reads] == [2, 2, 2]


def test_a_writer_reads_its_own_and_a_rollback_leaves_nothing() -> None:
    table, kept = _kept()
    kept.get()
    with transaction.atomic():
        table.rows = 2
        kept.changed()
        assert kept.get() == 2
        transaction.set_rollback(True)
    table.rows = 1
    assert kept.get() == 1


def test_another_process_that_changed_it_is_noticed(django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    table, here = _kept()
    there = Snapshot("test.rows", table.load)
    assert here.get() == there.get() == 1
    with django_capture_on_commit_callbacks(execute=True):
        table.rows = 2
        there.changed()
    assert here.get() == 2


def test_each_town_keeps_its_own(other_town: str) -> None:
    table, kept = _kept()
    assert kept.get() == 1
    table.rows = 7
    with use(other_town):
        assert kept.get() == 7
    assert kept.get() == 1


def test_without_a_cache_the_table_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    table, kept = _kept()
    kept.get()
    monkeypatch.setattr(cache, "get", lambda key, default=None: default)
    table.rows = 2
    assert kept.get() == 2


def test_one_look_asks_the_shared_cache_once(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    table, kept = _kept()
    other = Snapshot("test.others", Table().load)
    assert kept.get() == other.get() == 1
    with one_look():
        assert kept.get() == 1
        monkeypatch.setattr(cache, "get", _refused)
        assert kept.get() == other.get() == 1
        with django_capture_on_commit_callbacks(execute=True):
            table.rows = 2
            kept.changed()
            assert kept.get() == 2
        assert kept.get() == 2
    monkeypatch.undo()
    assert kept.get() == 2


def _refused(*_: object) -> object:
    raise AssertionError("the shared cache was asked again")
