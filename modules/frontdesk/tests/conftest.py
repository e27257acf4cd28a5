"""The people of the front desk's stories, in Khan Yunis: every section on the routes has somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from kernel import registry
from kernel.identity.models import User
from kernel.organisation.selectors import viewer_for
from kernel.tenancy import as_owner, use, use_shared
from kernel.testing.people import seat_person
from kernel.viewer import Viewer
from modules.frontdesk.tests.fakes import PROVIDERS, FakeCharges, forget_everything
from tenants.models import Host, Municipality
from tenants.provisioning import Plan, create_municipality
from tenants.register import find
from tenants.roles import drop_role_of

# (user name, Arabic, English, role, section)
STAFF = {
    "hanan": ("حنان زعرب", "Hanan", "head_of_desk", "front_desk"),
    "jamal": ("جمال اللحام", "Jamal", "section_officer", "collection"),
    "rami": ("رامي صالح", "Rami", "section_officer", "legal"),
    "samir": ("سمير بربخ", "Samir", "section_engineer", "surveying"),
    "ines": ("إيناس فروانة", "Ines", "section_officer", "inspection"),
    "walid": ("وليد القدرة", "Walid", "section_officer", "public_works"),
    "tarek": ("طارق العقاد", "Tarek", "section_head", "planning"),
}


@pytest.fixture(autouse=True)
def sunday() -> Iterator[time_machine.Traveller]:
    """Sunday 6 December 2026, 09:00 in Khan Yunis; tests move the clock themselves."""
    with time_machine.travel("2026-12-06T07:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def staff(town: str) -> Callable[[str], Viewer]:
    """`staff("rami")`: somebody of a section on the route, seated when first asked for."""

    def named(username: str) -> Viewer:
        user = User.objects.filter(username=username).first()
        if user is None:
            name_ar, name_en, role, section = STAFF[username]
            user = seat_person(
                username=username, name_ar=name_ar, name_en=name_en, role=role, section=section
            )
        return viewer_for(user, channel="web", request_id=f"test-{username}")

    return named


@pytest.fixture
def nour(town: str, system: Viewer) -> Any:
    """Nour the citizen: known to the municipality, owes nothing."""
    from modules.frontdesk.tests.factories import citizen

    return citizen(by=system)


@pytest.fixture
def on() -> date:
    return date(2026, 12, 6)


@pytest.fixture
def finance(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeCharges]]:
    """A municipality in which somebody answers for dues and takes fees."""
    real = registry.provider
    monkeypatch.setattr(registry, "provider", lambda port: PROVIDERS.get(port) or real(port))
    forget_everything()
    yield FakeCharges
    forget_everything()


@pytest.fixture
def no_finance(monkeypatch: pytest.MonkeyPatch) -> None:
    """A municipality without a finance module: dues are unknown, fees cannot be taken."""
    real = registry.provider
    monkeypatch.setattr(
        registry, "provider", lambda port: None if port in PROVIDERS else real(port)
    )


@pytest.fixture
def town_of_its_own(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A town for one test that commits from several connections; gone with everything in it afterwards."""
    schema = f"desk_{uuid4().hex[:8]}"
    with django_db_blocker.unblock():
        with use_shared():
            plan = Plan(
                row=find("نابلس"), schema=schema, hosts=(f"{schema.replace('_', '-')}.test",)
            )
            create_municipality(plan, by=Viewer.system("tests"))
        try:
            with use(schema):
                yield schema
        finally:
            with as_owner(), use_shared():
                Host.objects.filter(tenant__schema_name=schema).delete()
                Municipality.objects.filter(schema_name=schema).delete()
                with connection.cursor() as cursor:
                    cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
                drop_role_of(schema)
            connection.close()
