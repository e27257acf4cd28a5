"""Two municipalities made by the same steps: the same ids, the same uids, the same people, the same numbers.

What they are told apart by is the mark that `marking` writes into every text afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock
from uuid import UUID

import psycopg
import redis
import uuid_utils.compat
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

from api.keys import issue_key
from kernel.identity.models import User
from kernel.tenancy import as_owner, current_schema_or_none, use, use_shared
from kernel.testing.people import seat_person
from kernel.viewer import Viewer
from tenants.hosts import forget_everywhere
from tenants.models import Host, Municipality
from tenants.provisioning import Plan, create_municipality
from tenants.register import find
from tenants.roles import drop_role_of
from tests.canary.citizens import phone_proof
from tests.doors import endpoints
from tests.exemplars import make_things, seat_mighty
from tests.plugin import PEOPLE


@dataclass(frozen=True)
class Town:
    """One of the twins. `mark` stands in every text of it and in nothing else in the world."""

    schema: str
    host: str
    mark: str


@dataclass(frozen=True)
class Twins:
    first: Town
    second: Town
    keys: dict[str, str] = field(default_factory=dict)
    """Mighty's key of a programme, by schema."""
    proofs: dict[str, dict[str, str]] = field(default_factory=dict)
    """What the browser of a citizen carries who proved a telephone, by schema."""

    def __iter__(self) -> Iterator[Town]:
        return iter((self.first, self.second))

    def other(self, town: Town) -> Town:
        return self.second if town is self.first else self.first

    def of(self, schema: str) -> Town | None:
        return next((town for town in self if town.schema == schema), None)


@contextmanager
def two_towns_made(suffix: str, *, alike: bool) -> Iterator[Twins]:
    """The pair, with one of everything in each; gone with everything in it afterwards. Twins only when `alike`."""
    letters = suffix.translate(str.maketrans("0123456789", "ghijklmnop"))
    twins = Twins(
        Town(f"canary_a_{suffix}", f"canary-a-{suffix}.test", f"zq{letters}"),
        Town(f"canary_b_{suffix}", f"canary-b-{suffix}.test", f"xj{letters}"),
    )
    try:
        for town in twins:
            with _uids_by_seed(town.schema, 20 if alike or town is twins.first else 21):
                twins.keys[town.schema] = _make(town)
            with use(town.schema):
                twins.proofs[town.schema] = phone_proof()
        with behind_the_house() as raw:  # the same people with the same passwords
            first, second = (sql.Identifier(town.schema, "identity_user") for town in twins)
            same = "UPDATE {second} AS two SET password = one.password FROM {first} AS one WHERE one.id = two.id"
            raw.execute(sql.SQL(same).format(first=first, second=second))
        yield twins
    finally:
        for town in twins:
            _remove(town)
        forget_keys(twins)


def forget_keys(twins: Twins) -> None:
    """Nothing of the twins stays in the cache."""
    client = redis.Redis.from_url(settings.CACHE_URL)
    for town in twins:
        for key in client.scan_iter(match=f"*{town.schema}*", count=2000):
            client.delete(key)
    client.close()


def _make(town: Town) -> str:
    with use_shared():
        create_municipality(
            Plan(row=find("نابلس"), schema=town.schema, hosts=(town.host,)),
            by=Viewer.system("tests"),
        )
    with use(town.schema):
        for username, (name_ar, name_en, role, section) in PEOPLE.items():
            seat_person(
                username=username, name_ar=name_ar, name_en=name_en, role=role, section=section
            )
        by = seat_mighty()
        scopes = [
            f"{door.endpoint.scope}:{verb}" for door in endpoints() for verb in ("read", "write")
        ]
        mighty = User.objects.get(username="mighty")
        key = issue_key(account=mighty, name="برنامج", scopes=scopes, by=Viewer.system("tests"))[1]
        make_things(by)  # with a newer key: the door that withdraws one is opened with the newest
        return key


def _remove(town: Town) -> None:
    with as_owner(), use_shared():
        Host.objects.filter(tenant__schema_name=town.schema).delete()
        Municipality.objects.filter(schema_name=town.schema).delete()
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{town.schema}" CASCADE')
            cursor.execute("DELETE FROM public.tenants_figure")  # what the hub gathered on the way
        drop_role_of(town.schema)
        forget_everywhere()


@contextmanager
def _uids_by_seed(schema: str, seed: int) -> Iterator[None]:
    """Uids from a seed instead of the clock inside that town, so that the twins' rows carry the same."""
    chance = random.Random(seed)
    by_clock = uuid_utils.compat.uuid7

    def next_uid() -> UUID:
        if current_schema_or_none() != schema:
            return by_clock()
        bits = chance.getrandbits(128)
        bits = bits & ~(0xF << 76) | 0x7 << 76
        return UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)

    with mock.patch("uuid_utils.compat.uuid7", next_uid):
        yield


@contextmanager
def behind_the_house() -> Iterator[psycopg.Connection]:
    """A connection of the test's own, which no layer of the house guards and for which no trigger runs."""
    told = connections["default"].settings_dict
    with psycopg.connect(
        host=told["HOST"] or None,
        port=told["PORT"] or None,
        user=told["USER"] or None,
        password=told["PASSWORD"] or None,
        dbname=told["NAME"],
        autocommit=True,
    ) as raw:
        raw.execute("SET session_replication_role = replica")
        yield raw
