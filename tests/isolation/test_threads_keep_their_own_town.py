"""Leak: a memory of "the former tenant" shared by all threads, so that leaving a block puts another thread's town back."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from kernel.tenancy import TownExecutor, current_schema, use, use_shared
from tenants.models import Municipality
from tests.isolation.conftest import NAMES, name_here

ROUNDS = 5000


def test_two_threads_that_enter_and_leave_towns_never_swap_them(lasting_town: str) -> None:
    def race(first: str, second: str) -> list[str]:
        wrong = []
        with use(first):
            for _round in range(ROUNDS):
                with use(second):
                    if current_schema() != second:
                        wrong.append(second)
                if current_schema() != first:
                    wrong.append(first)
            if name_here() != NAMES[first]:
                wrong.append(f"read in {first}")
        return wrong

    with TownExecutor(2) as threads:
        one = threads.submit(race, "khanyounis", "nablus")
        other = threads.submit(race, "nablus", "khanyounis")

    assert one.result() == other.result() == []


def test_two_threads_read_their_own_rows_a_hundred_times(lasting_town: str) -> None:
    def read(schema: str) -> set[str]:
        seen = set()
        for _round in range(50):
            with use(schema):
                seen.add(name_here())
        return seen

    with TownExecutor(2) as threads:
        found = dict(zip(NAMES, threads.map(read, NAMES), strict=True))

    assert found == {schema: {name} for schema, name in NAMES.items()}


def test_the_block_that_shares_its_memory_is_refused(town: str) -> None:
    with use_shared():
        municipality = Municipality.objects.get(schema_name="nablus")

    with pytest.raises((ImproperlyConfigured, AttributeError)), municipality:
        pass
