"""Leak: a lazy queryset that is built in one town and evaluated, or was read in one and is looked at, in another."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.identity.models import User
from kernel.profile.models import Profile
from kernel.tenancy import WrongTenant, use
from tenants import stamps
from tests.isolation.conftest import NAMES

ASKED: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "first": lambda rows: rows.first(),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "get": lambda rows: rows.get(),
    "values": lambda rows: list(rows.values("id")),
    "iterator": lambda rows: list(rows.iterator()),
    "slice": lambda rows: list(rows[:1]),
    "chained": lambda rows: list(rows.filter(pk__gt=0)),
    "union": lambda rows: list(rows.union(rows)),
    "update": lambda rows: rows.update(name_en="Elsewhere"),
    "delete": lambda rows: rows.delete(),
    "inside another": lambda rows: list(User.objects.filter(pk__in=rows.values("pk"))),
    "aggregate": lambda rows: rows.aggregate(n=stamps.models.Count("pk")),
}


@pytest.mark.parametrize("how", ASKED)
def test_a_queryset_begun_here_is_refused_there(town: str, other_town: str, how: str) -> None:
    rows = Profile.objects.all()

    with use(other_town), pytest.raises(WrongTenant):
        ASKED[how](rows)


@pytest.mark.parametrize(
    "look", [list, len, bool, lambda rows: rows[0], lambda rows: rows.count(), repr],
    ids=["list", "len", "bool", "index", "count", "repr"],
)  # fmt: skip
def test_rows_read_here_are_not_given_out_there(
    town: str, other_town: str, look: Callable[[Any], Any]
) -> None:
    rows = Profile.objects.all()
    list(rows)

    with use(other_town), pytest.raises(WrongTenant):
        look(rows)


def test_nor_after_they_were_pickled(town: str, other_town: str) -> None:
    carried = pickle.dumps(Profile.objects.all())

    with use(other_town), pytest.raises(WrongTenant):
        list(pickle.loads(carried))


def test_a_raw_query_and_tables_of_libraries_are_held_to_it_too(town: str, other_town: str) -> None:
    raw, lapsed = User.objects.raw("SELECT * FROM identity_user"), Session.objects.all()

    with use(other_town):
        for rows in (raw, lapsed):
            with pytest.raises(WrongTenant):
                list(rows)


def test_what_was_begun_in_no_town_belongs_to_whoever_asks_first(
    town: str, other_town: str
) -> None:
    from contextvars import Context

    everywhere = Context().run(Profile.objects.all)

    assert everywhere.all().get().name_ar == NAMES[town]
    with use(other_town):
        assert everywhere.all().get().name_ar == NAMES[other_town]


def test_without_the_stamp_it_would_leak(
    town: str, other_town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would happen: the guard is switched off once."""
    rows = Profile.objects.all()
    list(rows)
    monkeypatch.setattr(stamps, "SWITCHED_ON", False)

    with use(other_town):
        assert next(iter(rows)).name_ar == NAMES[town]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["begin", "read", "load", "save"]),
            st.sampled_from(sorted(NAMES)),
            st.integers(0, 7),
        ),
        max_size=25,
    )
)
def test_however_two_towns_are_interleaved_only_their_own_rows_come_out(
    town: str, steps: list[tuple[str, str, int]]
) -> None:
    begun: list[tuple[str, Any]] = []
    rows: list[tuple[str, Any]] = []
    for act, where, which in steps:
        with use(where):
            if act == "begin":
                begun.append((where, Profile.objects.all()))
            elif act == "load":
                rows.append((where, Profile.objects.get()))
            elif act == "read" and begun:
                of, query = begun[which % len(begun)]
                if of == where:
                    assert query.all()[0].name_ar == NAMES[where]
                else:
                    with pytest.raises(WrongTenant):
                        list(query)
            elif act == "save" and rows:
                of, row = rows[which % len(rows)]
                if of != where:
                    with pytest.raises(WrongTenant):
                        row.save()
