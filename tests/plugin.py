"""Pytest's fixtures: two towns, the people in them, and tools to look at what happened.

Amal is a service clerk, Basel heads the engineering section, Karim takes money, Salma decides; Nour is a citizen.
Khan Yunis and Nablus are two towns; Nablus must never see Khan Yunis.
"""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from kernel.tenancy import as_owner, current_schema, use, use_shared
from kernel.testing.database import TOWNS, make_test_database, worker_suffix
from kernel.viewer import Viewer
from tenants import hosts

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """One database per worker with the hub, the template and two towns; kept while nothing in it moved."""
    fresh = bool(request.config.getvalue("create_db"))
    make_test_database(
        _make_towns, suffix=worker_suffix(request), fresh=fresh, blocker=django_db_blocker
    )
    yield
    with django_db_blocker.unblock(), use_shared():
        connection.close()


def _make_towns() -> None:
    from tenants.models import Municipality
    from tenants.provisioning import Plan, create_municipality
    from tenants.register import find
    from tenants.release import ensure_hub, prepare_database
    from tenants.roles import grant_municipality

    mark = _seed_mark()
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.test_mark')")
        if cursor.fetchone()[0] is not None:
            cursor.execute("SELECT mark FROM public.test_mark")
            if cursor.fetchone()[0] == mark:
                return
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public$)'"
        )
        for (schema,) in cursor.fetchall():
            cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()
    prepare_database()
    ensure_hub("hub.test")
    for schema, host in TOWNS.items():
        name = {"khanyounis": "خان يونس", "nablus": "نابلس"}[schema]
        create_municipality(
            Plan(row=find(name), schema=schema, hosts=(host,)), by=Viewer.system("tests")
        )
        with use(schema):
            _people_the_town(schema)
    with as_owner(), use_shared(), connection.cursor() as cursor:
        assert Municipality.objects.count() == 3
        cursor.execute(
            "CREATE TABLE public.test_mark (mark text); INSERT INTO public.test_mark VALUES (%s)",
            [mark],
        )
    grant_municipality("public")


def _seed_mark() -> str:
    """Changes when a migration, a manifest, a seed or a data file changes: then towns are made anew."""
    digest = hashlib.sha256()
    for pattern in (
        "**/migrations/*.py",
        "**/manifest.py",
        "**/seeds.py",
        "**/seeds/*.py",
        "**/data/*",
        "platform/kernel/house.py",
        "platform/kernel/**/sql.py",
        "tenants/*.py",
        "tests/plugin.py",
    ):
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and not any(
                part in {"node_modules", ".venv", "var"} for part in path.parts
            ):
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


PEOPLE = {
    "amal": ("أمل الأسطل", "Amal", "service_clerk", "front_desk"),
    "basel": ("باسل شعث", "Basel", "section_engineer", "planning"),
    "karim": ("كريم أبو عودة", "Karim", "cashier", "cash_desk"),
    "salma": ("سلمى الفرا", "Salma", "manager", "mayor_office"),
    "hadi": ("هادي النجار", "Hadi", "administrator", "computer"),
}


def _people_the_town(schema: str) -> None:
    from kernel.testing.people import seat_person

    for username, (name_ar, name_en, role, section) in PEOPLE.items():
        seat_person(username=username, name_ar=name_ar, name_en=name_en, role=role, section=section)


@pytest.fixture(autouse=True)
def _outermost() -> Iterator[None]:
    """The shared register is entered around each test, so that the database can be rolled back after it.

    A test of "no municipality at all" runs its lines in an empty `contextvars.Context`.
    """
    before = hosts._map.read_at
    with use_shared():
        yield
    if hosts._map.read_at != before:
        hosts._map.read_at = 0.0  # what was read may have been rolled back


@pytest.fixture
def town(db: None) -> Iterator[str]:
    """Khan Yunis, entered; everything is rolled back after the test."""
    with _clean_caches(), use("khanyounis"):
        yield "khanyounis"


@pytest.fixture
def other_town(db: None) -> str:
    """Nablus: enter it with `with use(other_town)`."""
    return "nablus"


@pytest.fixture
def lasting_town(transactional_db: None) -> Iterator[str]:
    """Khan Yunis with real commits, for tests with several connections. Rows that it leaves are its own to avoid."""
    with _clean_caches(), use("khanyounis"):
        yield "khanyounis"


@contextmanager
def _clean_caches() -> Iterator[None]:
    """Every test has keys of its own: nothing is remembered from before, and no other worker's is touched."""
    prefix = f"test-{uuid.uuid4().hex}"
    for alias in ("default", "shared"):
        caches[alias].key_prefix = prefix
    hosts.settle()
    yield


@pytest.fixture(autouse=True)
def _test_settings(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}/files"
    settings.PAYMENT_SANDBOX = True
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]


@pytest.fixture
def system() -> Viewer:
    return Viewer.system("tests")


def _viewer(username: str) -> Viewer:
    from kernel.identity.models import User
    from kernel.organisation.selectors import viewer_for

    return viewer_for(
        User.objects.get(username=username), channel="web", request_id=f"test-{username}"
    )


@pytest.fixture
def amal(town: str) -> Viewer:
    """The service clerk at the front desk."""
    return _viewer("amal")


@pytest.fixture
def basel(town: str) -> Viewer:
    """The engineer at the head of planning."""
    return _viewer("basel")


@pytest.fixture
def karim(town: str) -> Viewer:
    """The cashier."""
    return _viewer("karim")


@pytest.fixture
def salma(town: str) -> Viewer:
    """The manager who decides."""
    return _viewer("salma")


@pytest.fixture
def hadi(town: str) -> Viewer:
    """The administrator."""
    return _viewer("hadi")


@pytest.fixture
def client_for(town: str) -> Callable[..., Client]:
    """A signed-in browser: `client_for("amal")`; without a name, a visitor."""
    from kernel.identity.models import User

    def make(username: str = "", *, host: str = "") -> Client:
        client = Client(HTTP_HOST=host or TOWNS[current_schema()])
        if username:
            client.force_login(User.objects.get(username=username))
        return client

    return make


@pytest.fixture
def api_for(town: str, hadi: Viewer) -> Callable[..., Client]:
    """A programme with a key of that person: `api_for("amal", scopes=[...])`; all scopes unless told."""
    from api.keys import issue_key
    from kernel.identity.models import User

    def make(username: str, *, scopes: list[str] | None = None) -> Client:
        names = ["parties", "places", "files", "webhooks", "frontdesk", "finance", "archive"]
        _key, text = issue_key(
            account=User.objects.get(username=username),
            name=f"{username}'s programme",
            scopes=scopes or [f"{name}:{verb}" for name in names for verb in ("read", "write")],
            by=Viewer.system("tests"),
        )
        return Client(HTTP_HOST=TOWNS[current_schema()], HTTP_AUTHORIZATION=f"Bearer {text}")

    return make


@pytest.fixture
def deliver_events(town: str) -> Callable[[], int]:
    """Run what would run after commit: relay the outbox and deliver to every active listener."""
    from kernel.events.services import relay

    return lambda: int(relay())


@pytest.fixture
def count_queries() -> Callable[[], CaptureQueriesContext]:
    """`with count_queries() as seen: ...; assert len(seen) == 7`."""
    return lambda: _SettledCount(connection)


class _SettledCount(CaptureQueriesContext):
    """Counts with the map of hosts read and held: it looks at the clock, and a number in a test must not."""

    def __enter__(self) -> _SettledCount:
        from tenants import hosts

        hosts.settle()
        self._look_every, hosts._LOOK_EVERY = hosts._LOOK_EVERY, math.inf
        super().__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        from tenants import hosts

        super().__exit__(*failure)
        hosts._LOOK_EVERY = self._look_every
