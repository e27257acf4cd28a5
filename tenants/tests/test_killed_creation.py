"""Killed with -9 at any point, a creation leaves a whole municipality or none; nobody is ever served a half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.db import connection, transaction

from kernel.identity.models import User
from kernel.tenancy import TEMPLATE, as_owner, use, use_shared
from kernel.viewer import Viewer
from tenants import hosts
from tenants.backend.wall import role_name
from tenants.models import Municipality, Stage
from tenants.provisioning import Plan, create_municipality
from tenants.register import find
from tenants.roles import drop_role_of

POINTS = ("reserve", "schema", "seeds", "administrator", "open")
AFTERWARDS = "invited"
# Makes one municipality and stops where it was told to, for as long as it is let live.
MAKER = """
import sys, threading, django
django.setup()
from kernel.tenancy import use_shared
from kernel.viewer import Viewer
from tenants.provisioning import Administrator, Plan, create_municipality
from tenants.register import find
schema, point = sys.argv[1:]
def stop(step):
    if step == point:
        print("here", flush=True)
        threading.Event().wait()
plan = Plan(row=find("رفح"), schema=schema, hosts=(schema.replace("_", "-") + ".test",),
            administrator=Administrator(username="suad", name_ar="سعاد أبو طه"))
with use_shared():
    create_municipality(plan, by=Viewer.system("tests"), progress=stop,
                        invited=lambda link: stop("invited"))
"""


def _schema(point: str) -> str:
    return f"killed_{point}"


def _there() -> set[str]:
    """Schemas and roles of this test that are in the database."""
    prefix = role_name(connection.settings_dict["NAME"], "killed_")
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, 'killed_')"
            " UNION ALL SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, %s)",
            [prefix],
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def leaves_nothing(transactional_db: None) -> Iterator[None]:
    yield
    for point in (*POINTS, AFTERWARDS):
        schema = _schema(point)
        with as_owner(), use_shared(), connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
            drop_role_of(schema)
            Municipality.objects.filter(schema_name=schema).delete()


def _maker(point: str) -> subprocess.Popen[str]:
    base = connection.settings_dict
    password = f":{base['PASSWORD']}" if base["PASSWORD"] else ""
    database = f"postgres://{base['USER']}{password}@{base['HOST']}:{base['PORT']}/{base['NAME']}"
    return subprocess.Popen(
        [sys.executable, "-c", MAKER, _schema(point), point],
        env=os.environ | {"DATABASE_URL": database, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )


def _wait_until_the_server_knows() -> None:
    """The server ends a dead client's transaction, then its hold on the name: whoever gets the hold comes after."""
    with use_shared(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '60s'")
        for point in (*POINTS, AFTERWARDS):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"make:{_schema(point)}"])


def test_a_killed_creation_leaves_all_or_nothing(leaves_nothing: None) -> None:
    with ExitStack() as makers:
        stopped = [makers.enter_context(_maker(point)) for point in (*POINTS, AFTERWARDS)]
        reached = [one.stdout.readline() for one in stopped if one.stdout]
        for one in stopped:
            one.send_signal(signal.SIGKILL)
    assert reached == ["here\n"] * len(stopped)
    _wait_until_the_server_knows()

    whole = _schema(AFTERWARDS)
    assert _there() == {whole, role_name(connection.settings_dict["NAME"], whole)}
    hosts.forget_everywhere()
    for point in POINTS:
        assert hosts.address_of(f"killed-{point}.test") is None
        assert not hosts.is_served(_schema(point))
    with use_shared():
        assert Municipality.objects.get(schema_name=whole).stage == Stage.ONBOARDING
    with use(whole):
        assert User.objects.filter(username="suad").exists()

    name = _schema("open")
    plan = Plan(row=find("رفح"), schema=name, hosts=("killed-open.test",))
    create_municipality(plan, by=Viewer.system("tests"))
    with use_shared():
        assert not Municipality.objects.filter(stage=Stage.PROVISIONING).exists()
    assert _columns(name) == _columns(whole) == _columns(TEMPLATE)


def _columns(schema: str) -> set[tuple[str, str]]:
    with use_shared(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s",
            [schema],
        )
        return set(cursor.fetchall())
