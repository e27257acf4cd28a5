"""A town with somebody in every role, and another town with objects of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test import Client, override_settings
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from api.keys import issue_key
from frontend.pages import Guard
from kernel import registry
from kernel.identity.models import User
from kernel.organisation.models import Section
from kernel.tenancy import use, use_shared
from kernel.testing.people import seat_person
from kernel.viewer import Viewer
from tests.canary.addresses import Addresses, town_doors
from tests.canary.citizens import phone_proof
from tests.canary.twins import Town, behind_the_house, two_towns_made
from tests.doors import Door, endpoints

_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOBODY = "nobody"
NO_SCOPE = "key_without_scope"
HALL = "matrix_hall"
OWNED: dict[str, tuple[str, str]] = {
    # column: what makes the row one's own section's, and what makes it another's
    "frontdesk_request.seen_by": ("ARRAY[%(section)s, -%(user)s]", "ARRAY[%(other)s]"),
    "frontdesk_requeststep.section_id": ("%(section)s", "%(other)s"),
    "archive_record.section_ids": ("ARRAY[%(section)s]", "ARRAY[%(other)s]"),
    "files_storedfile.uploaded_by": ("%(user)s", "%(nobody)s"),
    "jobs_job.requested_by": ("%(user)s", "%(nobody)s"),
    "notifications_notification.user_id": ("%(user)s", "%(nobody)s"),
    "finance_cashsession.cashier_id": ("%(user)s", "%(nobody)s"),
    "frontdesk_request.opened_by_id": ("%(user)s", "%(nobody)s"),
    "frontdesk_committeesession.section_id": ("%(section)s", "%(other)s"),
    "frontdesk_desktool.section_id": ("%(section)s", "%(other)s"),
}
UNOWNED = frozenset({
    "organisation_assignment.section_id", "organisation_delegation.section_id", "organisation_section.parent_id",
    "finance_line.section_id", "finance_cashbox.section_id", "finance_budgetline.section_id",
})  # fmt: skip
"""Columns that name a section and decide nothing about who sees the row."""


@dataclass
class Grounds:
    here: Town
    there: Town
    storage: str = ""
    methods: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def doors(self) -> list[tuple[Door, str]]:
        """Every (door, method) that asks for something. HEAD is GET without a body, which a test of its own shows."""
        found: list[tuple[Door, str]] = []
        for door in town_doors():
            if door.endpoint is not None:
                found += [(door, method) for method in door.actions if method != "head"]
            elif isinstance(door.guard, Guard):
                found.append((door, self.methods[door.route]))
        return found


def actors() -> list[str]:
    """Every role template of a municipality, somebody without a login, and a key without a scope."""
    roles = [role.code for one in registry.modules() if one.house != "hub" for role in one.roles]
    return [NOBODY, NO_SCOPE, *roles]


@pytest.fixture(scope="package")
def grounds(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Grounds]:
    told = {
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "STORAGE_URL": f"file://{tmp_path_factory.mktemp('files')}",
        "PAYMENT_SANDBOX": True,
    }
    with django_db_blocker.unblock(), use_shared(), override_settings(**told):
        with two_towns_made(uuid4().hex[:6], alike=False) as towns:
            made = Grounds(towns.first, towns.second, told["STORAGE_URL"])
            with use(made.here.schema):
                made.keys["mighty"] = towns.keys[made.here.schema]
                _seat(made)
                found = _find(made)
            with use(made.there.schema):
                elsewhere = found.counterparts()
            made.foreign = {
                route: _UID.sub(lambda one: elsewhere.get(one[0], one[0]), address)
                for route, address in made.own.items()
            }
            yield made
        connections.close_all()


def _seat(made: Grounds) -> None:
    scopes = [f"{door.endpoint.scope}:{verb}" for door in endpoints() for verb in ("read", "write")]
    for role in actors()[1:]:
        person = seat_person(username=role, name_ar=role, name_en=role, role=role, section=HALL)
        made.keys[role] = issue_key(
            account=person,
            name=role,
            scopes=["nothing:read"] if role == NO_SCOPE else scopes,
            by=Viewer.system("tests"),
        )[1]


def _find(made: Grounds) -> Addresses:
    """For each door of the town the first address that opens for Mighty, and with it the door's method."""
    common = {"raise_request_exception": False, "HTTP_HOST": made.here.host}
    browser = Client(**common)
    programme = Client(**common, HTTP_AUTHORIZATION=f"Bearer {made.keys['mighty']}")
    browser.force_login(User.objects.get(username="mighty"))
    browser.cookies.load(phone_proof())
    addresses = Addresses(browser, programme)
    for door in town_doors():
        client: Any = programme if door.endpoint else browser
        # A table that the exemplars leave empty: the door is tried with an object that is nowhere.
        for address in addresses.of(door) or [door.address()]:
            method = next(iter(door.actions), "") or "get"
            answer = _undone(client, method, address)
            if answer == 405:
                method = "post"
                answer = _undone(client, method, address)
            made.methods[door.route] = method
            made.own.setdefault(door.route, address)
            if answer != 404:
                made.own[door.route] = address
                break
    return addresses


def _undone(client: Any, method: str, address: str) -> int:
    with transaction.atomic():
        status = getattr(client, method)(address).status_code
        transaction.set_rollback(True)
    return int(status)


@pytest.fixture
def owned(grounds: Grounds) -> Any:
    """`owned(actor, mine)`: everything in the town belongs to the actor's section, or to another."""

    def give(actor: str, mine: bool) -> None:
        with use(grounds.here.schema):
            user = User.objects.filter(username=actor).values_list("pk", flat=True).first() or 0
            section = Section.objects.get(code=HALL).pk
            other = Section.objects.exclude(code__in=[HALL, f"room_of_{actor}"]).first().pk  # type: ignore[union-attr]
            nobody = User.objects.get(username="hadi").pk
            tables = set(connection.introspection.table_names())
        told = {"user": user, "section": section, "other": other, "nobody": nobody}
        with behind_the_house() as raw:
            for column, values in OWNED.items():
                table, _, name = column.partition(".")
                if table in tables:
                    text = f"UPDATE {{t}} SET {name} = {values[0] if mine else values[1]} WHERE {name} IS NOT NULL"
                    raw.execute(
                        sql.SQL(text).format(t=sql.Identifier(grounds.here.schema, table)), told
                    )

    return give
