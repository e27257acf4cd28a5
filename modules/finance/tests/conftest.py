"""Fixtures of finance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from kernel.jobs.models import Job, Status
from kernel.jobs.services import run_job
from kernel.tenancy import as_owner, use, use_shared
from kernel.viewer import Viewer
from tenants.models import Host, Municipality
from tenants.provisioning import Plan, create_municipality
from tenants.register import find
from tenants.roles import drop_role_of


@pytest.fixture
def lets_jobs_run(town: str) -> Callable[[], None]:
    """Run the jobs that wait, as the worker would after the commit."""

    def run() -> None:
        for job in Job.objects.filter(status=Status.WAITING).order_by("id"):
            run_job(job.pk)
            job.refresh_from_db()
            assert job.status == Status.DONE, job.error

    return run


@pytest.fixture
def town_of_its_own(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A town made for one test that commits from several connections; gone with everything in it afterwards."""
    schema = f"own_{uuid4().hex[:8]}"
    with django_db_blocker.unblock():
        with use_shared():
            create_municipality(
                Plan(
                    row=find("نابلس"),
                    schema=schema,
                    hosts=(f"{schema.replace(chr(95), chr(45))}.test",),
                ),
                by=Viewer.system("tests"),
            )
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
