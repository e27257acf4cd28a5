"""Old and new code run together while a release goes through the fleet: a migration may only add what old code can leave out.

Add (nullable, or with a default of the database), fill, tighten; each in a release of its own (docs/operators.md).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

BEFORE_THE_FIRST_RELEASE = {"frontdesk": "0012", "finance": "0014", "tenants": "0003"}
"""App -> the number below which its migrations came before municipalities were at work; they are not judged.

finance: campaigns (0013) came with the first release too; no code without its columns was ever released.
"""
_FORBIDDEN = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.DeleteModel,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


def _later() -> Iterator[migrations.Migration]:
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        file = sys.modules[migration.__module__].__file__ or ""
        if "site-packages" not in file and name > BEFORE_THE_FIRST_RELEASE.get(app, "0001_initial"):
            yield migration


def faults(migration: migrations.Migration) -> list[str]:
    """What old code would stumble over."""
    made = {
        one.name_lower for one in migration.operations if isinstance(one, migrations.CreateModel)
    }
    return [
        f"{migration.app_label}.{migration.name}: {fault}"
        for one in migration.operations
        if (fault := _fault(one, made))
    ]


def _fault(operation: Operation, made: set[str]) -> str:
    if isinstance(operation, _FORBIDDEN):
        return f"{operation.describe()}: the code of before still asks for it; take it away a release later"
    if not isinstance(operation, migrations.AddField) or operation.model_name_lower in made:
        return ""
    field = operation.field
    if field.null or field.has_db_default() or field.many_to_many or field.generated:
        return ""
    return f"{operation.describe()}: the code of before writes rows without it; give it null=True or db_default"


def test_no_migration_takes_from_old_code_what_it_needs() -> None:
    found = [fault for migration in _later() for fault in faults(migration)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("operation", "stumbles"),
    [
        (migrations.AddField("job", "shelf", models.TextField(default="")), True),
        (migrations.AddField("job", "shelf", models.TextField(null=True)), False),
        (migrations.AddField("job", "shelf", models.TextField(default="", db_default="")), False),
        (migrations.RemoveField("job", "title"), True),
        (migrations.RenameField("job", "title", "name"), True),
        (migrations.DeleteModel("job"), True),
        (migrations.AddIndex("job", models.Index(fields=["title"], name="job_title")), False),
    ],
)
def test_what_old_code_would_stumble_over_is_seen(operation: Operation, stumbles: bool) -> None:
    migration = migrations.Migration("0009_later", "jobs")
    migration.operations = [operation]
    assert bool(faults(migration)) is stumbles
