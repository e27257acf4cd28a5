"""Leak: a row of one town saved, deleted, pointed at or followed while another is active: it lands in the other's table."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache

from kernel.audit.recording import recorded
from kernel.identity.models import User
from kernel.organisation.models import Assignment
from kernel.tenancy import WrongTenant, use
from kernel.viewer import Viewer
from tenants import stamps

SYSTEM = Viewer.system("tests")
WRITES: dict[str, Callable[[User], Any]] = {
    "save": lambda user: user.save(),
    "save some": lambda user: user.save(update_fields=["name_en"]),
    "save to a database by name": lambda user: user.save(using="default"),
    "delete": lambda user: user.delete(),
    "read again": lambda user: user.refresh_from_db(),
    "write many": lambda user: User.objects.bulk_create([user]),
    "change many": lambda user: User.objects.bulk_update([user], ["name_en"]),
    "follow": lambda user: list(user.seats.all()),
    "filter by": lambda user: list(Assignment.objects.filter(user=user)),
}


@pytest.fixture
def here(town: str) -> User:
    return User.objects.get(username="amal")


@pytest.mark.parametrize("how", WRITES)
def test_a_row_of_here_is_refused_there(here: User, other_town: str, how: str) -> None:
    with use(other_town), pytest.raises(WrongTenant), recorded(by=SYSTEM):
        WRITES[how](here)


def test_a_row_of_there_cannot_be_pointed_at_from_here(town: str, other_town: str) -> None:
    with use(other_town):
        foreign = User.objects.get(username="amal")
    seat = Assignment.objects.first()

    with pytest.raises(WrongTenant):
        seat.user = foreign
    with pytest.raises(WrongTenant):
        EmailAddress.objects.create(user=foreign, email="amal@example.ps")


@pytest.mark.parametrize(
    "carry",
    [lambda row: pickle.loads(pickle.dumps(row)), copy.copy, copy.deepcopy],
    ids=["pickle", "copy", "deep copy"],
)
def test_a_row_keeps_its_town_on_the_way(
    here: User, other_town: str, carry: Callable[[Any], Any]
) -> None:
    carried = carry(here)

    assert stamps.town_of(carried) == "khanyounis"
    with use(other_town), pytest.raises(WrongTenant), recorded(by=SYSTEM):
        carried.save()


def test_also_through_the_cache(here: User, other_town: str) -> None:
    cache.set("row", here)

    assert stamps.town_of(cache.get("row")) == "khanyounis"


def test_a_relation_that_was_not_loaded_is_not_followed_elsewhere(
    town: str, other_town: str
) -> None:
    seat = Assignment.objects.first()

    with use(other_town), pytest.raises(WrongTenant):
        _ = seat.user


def test_rows_of_libraries_are_stamped_too(here: User, other_town: str) -> None:
    address = EmailAddress.objects.create(user=here, email="amal@example.ps")

    with use(other_town), pytest.raises(WrongTenant):
        address.save()


def test_a_row_begun_in_no_town_belongs_to_where_it_is_first_saved(
    town: str, other_town: str
) -> None:
    from contextvars import Context

    user = Context().run(lambda: User(username="noor", name_ar="نور"))
    with recorded(by=SYSTEM):
        user.save()

    assert stamps.town_of(user) == town
    with use(other_town), pytest.raises(WrongTenant), recorded(by=SYSTEM):
        user.save()


def test_without_the_stamp_it_would_be_written_into_the_other_town(
    here: User, other_town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would happen: the guard is switched off once."""
    here.name_en = "Amal of Khan Yunis"
    monkeypatch.setattr(stamps, "SWITCHED_ON", False)

    with use(other_town), recorded(by=SYSTEM):
        here.save(force_update=True, update_fields=["name_en"])
    with use(other_town):
        assert User.objects.filter(name_en="Amal of Khan Yunis").exists()
