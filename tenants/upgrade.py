"""Bring every municipality to this release's tables. First layer: migrations, only where they are missing."""

from __future__ import annotations

from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateCommand

from kernel.tenancy import HUB, as_owner, use, use_shared
from tenants.models import Municipality, Stage
from tenants.release import Progress, current_release
from tenants.roles import grant_municipality


def upgrade_all(*, progress: Progress = lambda line: None) -> int:
    """Migrate the municipalities whose release is not the newest. Returns how many were moved."""
    release = current_release()
    with use_shared():
        behind = list(
            Municipality.objects.exclude(schema_name=HUB)
            .exclude(stage=Stage.PROVISIONING)
            .exclude(release=release.fingerprint)
        )
    for municipality in behind:
        progress(f"{municipality.schema_name}: to release {release.fingerprint[:12]}")
        with as_owner(), use(municipality.schema_name):
            call_command(MigrateCommand(), interactive=False, verbosity=0)
            grant_municipality(municipality.schema_name)
        with use_shared():
            municipality.release = release.fingerprint
            municipality.save(update_fields=["release"])
    return len(behind)
