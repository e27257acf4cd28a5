"""Leak: a savepoint or transaction is rolled back and takes the path with it, while the layer believes it still stands."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.tenancy import WrongTenant, current_schema, use
from tests.isolation.conftest import NAMES, name_here


class _Enough(Exception):
    pass


def _wander(chance: random.Random, depth: int) -> None:
    """Go on at random: enter, begin, fail, return. After each step the rows are those of where we are."""
    assert name_here() == NAMES[current_schema()]
    if depth == 0:
        return
    for _step in range(chance.randint(1, 3)):
        where = chance.choice(sorted(NAMES))
        with suppress(_Enough, WrongTenant, DatabaseError):
            match chance.choice(["enter", "begin", "both", "fault", "raw"]):
                case "enter":
                    with use(where):
                        _wander(chance, depth - 1)
                        if chance.random() < 0.3:
                            raise _Enough
                case "begin":
                    with transaction.atomic():
                        _wander(chance, depth - 1)
                        if chance.random() < 0.5:
                            raise _Enough
                case "both":
                    with use(where), transaction.atomic():
                        _wander(chance, depth - 1)
                        if chance.random() < 0.5:
                            raise _Enough
                case "fault":
                    with transaction.atomic(), connection.cursor() as cursor:
                        cursor.execute("SELECT * FROM no_such_table")
                case "raw":
                    mark = transaction.savepoint()
                    _wander(chance, depth - 1)
                    transaction.savepoint_rollback(mark)
        assert name_here() == NAMES[current_schema()]


@pytest.mark.parametrize("seed", range(12))
def test_however_work_is_begun_and_undone_the_rows_are_of_the_town_we_are_in(
    lasting_town: str, seed: int
) -> None:
    _wander(random.Random(seed), 4)

    assert name_here() == NAMES[lasting_town]


def test_a_rolled_back_savepoint_in_which_a_town_was_entered_first(lasting_town: str) -> None:
    with use("nablus"), transaction.atomic():
        connection.connection.execute("SAVEPOINT before")
        name_here()
        connection.connection.execute("ROLLBACK TO SAVEPOINT before")
        assert name_here() == NAMES["nablus"]
    assert name_here() == NAMES[lasting_town]
