"""A copy of Khan Yunis that a test may do anything to; it and whatever was made of it is gone afterwards."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from PIL import Image

from kernel.files.services import store_file
from kernel.tenancy import as_owner, use, use_shared
from kernel.viewer import Viewer
from tenants.models import Municipality, Stage
from tenants.portability import restoring
from tenants.portability.exporting import export_municipality
from tenants.portability.models import Copy
from tenants.portability.packages import opened_export
from tenants.portability.restoring import restore_export
from tenants.roles import drop_role_of

SYSTEM = Viewer.system("tests")


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


PAPER = _picture()
PAPER_NAME = "مخطط.png"


@pytest.fixture
def workbench(
    transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A directory, and schemas whose name begins with rafah or drill are swept up afterwards."""
    monkeypatch.setattr(restoring, "LONGEST_REST", 0.0)  # no desk waits here
    settings.BACKUP_DIR = str(tmp_path / "backups")
    settings.EXPORT_SCRATCH = str(tmp_path / "scratch")
    settings.BACKUP_IDENTITY_FILE = str(tmp_path / "secret" / "identity")
    yield tmp_path
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^(rafah|drill)'")
        for (schema,) in cursor.fetchall():
            cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
            drop_role_of(schema)
        Municipality.objects.filter(schema_name__startswith="rafah").delete()
        Copy.objects.all().delete()


@pytest.fixture
def rafah(workbench: Path) -> str:
    """A town of our own, made by restoring an export of Khan Yunis; with a paper in its files."""
    place = workbench / "khanyounis"
    export_municipality("khanyounis", place, in_the_clear=True)
    with opened_export(place) as opened:
        restore_export(
            opened, schema="rafah", hosts=["rafah.test"], stage=Stage.TRAINING, by=SYSTEM
        )
    with use("rafah"):
        store_file(PAPER, PAPER_NAME, SYSTEM)
    return "rafah"


@pytest.fixture
def exported(rafah: str, workbench: Path) -> Path:
    """An open export of it."""
    place = workbench / "rafah-export"
    export_municipality(rafah, place, in_the_clear=True)
    return place
