"""Leak: what is to be done after commit runs in whatever town is entered by then, or in the shared schema."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql import base as postgresql

from kernel.tenancy import NoTenant, WrongTenant, current_schema, use, use_shared
from tenants.backend.base import DatabaseWrapper
from tenants.models import Municipality
from tests.isolation.conftest import NAMES, name_here


def _commit_elsewhere(seen: list[str]) -> None:
    with use_shared(), transaction.atomic(), use("nablus"):
        transaction.on_commit(lambda: seen.append(current_schema()))
        transaction.on_commit(lambda: seen.append(name_here()))


def test_after_commit_the_town_of_the_registration_is_entered(lasting_town: str) -> None:
    seen: list[str] = []
    _commit_elsewhere(seen)

    assert seen == ["nablus", NAMES["nablus"]]
    assert current_schema() == lasting_town


def test_a_callback_that_fails_leaves_nobody_in_its_town(lasting_town: str) -> None:
    with pytest.raises(ZeroDivisionError), use_shared(), transaction.atomic(), use("nablus"):
        transaction.on_commit(lambda: 1 // 0)

    assert (current_schema(), name_here()) == (lasting_town, NAMES[lasting_town])


def test_nothing_is_asked_for_from_nowhere(lasting_town: str) -> None:
    from contextvars import Context

    with pytest.raises(NoTenant):
        Context().run(connection.on_commit, lambda: None)


def test_without_the_binding_it_would_run_in_the_shared_schema(
    lasting_town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would happen: the guard is switched off once."""
    monkeypatch.setattr(DatabaseWrapper, "on_commit", postgresql.DatabaseWrapper.on_commit)
    seen: list[Any] = []
    with use_shared(), transaction.atomic(), use("nablus"):
        transaction.on_commit(lambda: seen.append(current_schema()))

    assert seen == ["public"]


def test_a_transaction_belongs_to_one_town(lasting_town: str) -> None:
    with pytest.raises(WrongTenant), transaction.atomic():
        name_here()
        with use("nablus"):
            name_here()

    assert name_here() == NAMES[lasting_town]


def test_the_register_is_no_way_from_one_town_to_another(lasting_town: str) -> None:
    """A transaction that asks the register in between still belongs to the town in which it began."""
    with (
        pytest.raises(WrongTenant, match="khanyounis cannot go on in nablus"),
        transaction.atomic(),
    ):
        name_here()
        with use_shared():
            Municipality.objects.count()
        with use("nablus"):
            name_here()

    assert name_here() == NAMES[lasting_town]


def test_one_transaction_after_another_may_each_have_its_town(lasting_town: str) -> None:
    @transaction.atomic
    def asked() -> str:
        return name_here()

    seen = []
    for schema in (lasting_town, "nablus", lasting_town):
        with use(schema):
            seen.append(asked())
    assert seen == [NAMES[lasting_town], NAMES["nablus"], NAMES[lasting_town]]
