"""Towns that may be broken: made for one test with real commits, gone with role and register row afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from kernel.profile.models import Profile
from kernel.tenancy import as_owner, use, use_shared
from kernel.viewer import Viewer
from tenants.hosts import forget_everywhere
from tenants.models import Host, Municipality
from tenants.provisioning import Plan, create_municipality
from tenants.register import find
from tenants.roles import drop_role_of

NAMES = {"khanyounis": "خان يونس", "nablus": "نابلس"}


def name_here() -> str:
    """The name of the municipality whose tables answer."""
    return Profile.objects.get().name_ar


@pytest.fixture
def breakable(transactional_db: None) -> Iterator[str]:
    """A town called رفح, under a schema of its own, host `<schema>.test`."""
    schema = f"frail_{uuid4().hex[:8]}"
    create_municipality(
        Plan(row=find("رفح"), schema=schema, hosts=(f"{schema.replace('_', '-')}.test",)),
        by=Viewer.system("tests"),
    )
    yield schema
    with as_owner(), use_shared(), connection.cursor() as cursor:
        for left in (schema, f"{schema}_moved"):
            cursor.execute(f'DROP SCHEMA IF EXISTS "{left}" CASCADE')
            drop_role_of(left)
        Host.objects.filter(tenant__schema_name=schema).delete()
        Municipality.objects.filter(schema_name=schema).delete()
    forget_everywhere()


@pytest.fixture
def visitor() -> Callable[[str], Client]:
    """`visitor("khanyounis.test")`: somebody without an account; failures come back as pages, as in life."""
    return lambda host: Client(HTTP_HOST=host, raise_request_exception=False)


def in_town(schema: str) -> str:
    with use(schema):
        return name_here()
