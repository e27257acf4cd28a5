"""The twins, made once for all tests here, and everything that is needed to drive them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Queue
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client, override_settings
from pytest_django.plugin import DjangoDbBlocker

from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.tenancy import use, use_shared
from tests.canary.acts import Act, acts_of
from tests.canary.addresses import Addresses
from tests.canary.carrying import carried
from tests.canary.citizens import phone_proof
from tests.canary.house import house_acts, house_settings, hub_staffed
from tests.canary.marking import mark
from tests.canary.marking_files import mark_files
from tests.canary.sightings import LogWitness, Sightings
from tests.canary.twins import Twins, behind_the_house, two_towns_made
from tests.canary.visiting import Message, Visitor, messages_caught

SEED = int(os.environ.get("CANARY_SEED", "20261122"))


@dataclass
class Ground:
    """The twins as all tests here find them."""

    twins: Twins
    acts: list[Act]
    unknown_doors: list[str]
    unmarked: dict[str, list[str]]
    settings: dict[str, Any]

    def act(self, name: str) -> Act:
        return next(one for one in self.acts if one.name.startswith(name))


@pytest.fixture(scope="package")
def ground(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Ground]:
    told = {
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "STORAGE_URL": f"file://{tmp_path_factory.mktemp('files')}",
        "PAYMENT_SANDBOX": True,
        **house_settings(tmp_path_factory.mktemp("copies")),
    }
    suffix = uuid4().hex[:6]
    with django_db_blocker.unblock(), use_shared(), override_settings(**told):
        with two_towns_made(suffix, alike=True) as twins, hub_staffed():
            with behind_the_house() as raw:
                unmarked = {town.schema: mark(raw, town) for town in twins}
                for town in twins:
                    mark_files(raw, town)
            addresses = _addresses(twins)
            with use(twins.first.schema):
                acts = [*acts_of(addresses), *carried(), *house_acts()]
            yield Ground(twins, acts, addresses.unknown, unmarked, told)
        connections.close_all()


def _addresses(twins: Twins) -> Addresses:
    town = twins.first
    browser = Client(raise_request_exception=False, HTTP_HOST=town.host)
    programme = Client(
        raise_request_exception=False,
        HTTP_HOST=town.host,
        HTTP_AUTHORIZATION=f"Bearer {twins.keys[town.schema]}",
    )
    with use(town.schema):
        browser.force_login(User.objects.get(username="mighty"))
        browser.cookies.load(phone_proof())
        return Addresses(browser, programme)


@pytest.fixture
def sightings(ground: Ground) -> Sightings:
    return Sightings(ground.twins)


@pytest.fixture
def logs(sightings: Sightings) -> Iterator[LogWitness]:
    """Reads what is logged instead of writing it out."""
    witness = LogWitness(sightings)
    root = logging.getLogger()
    before, root.handlers = root.handlers, [witness]
    try:
        yield witness
    finally:
        root.handlers = before


@pytest.fixture
def queues(
    ground: Ground, sightings: Sightings, logs: LogWitness
) -> Iterator[dict[str, Queue[Message]]]:
    with messages_caught(ground.twins, sightings, logs) as queues:
        yield queues


@pytest.fixture
def visitor(
    ground: Ground,
    sightings: Sightings,
    logs: LogWitness,
    queues: dict[str, Queue[Message]],
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Callable[..., Visitor]]:
    """`visitor(seed=…, faults=…)`: somebody who goes through both towns."""
    with use(ground.twins.first.schema), django_db_blocker.unblock():
        day = today()

    def make(**told: Any) -> Visitor:
        return Visitor(ground.twins, sightings, logs, queues=queues, today=day, **told)

    with django_db_blocker.unblock(), override_settings(**ground.settings):
        yield make
