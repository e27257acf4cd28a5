"""A later release of the product, for the faults and the bench: one migration more. Runs inside the product."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measure.product import begin

LATER = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.AddField("job", "shelf", models.TextField(default="", db_default="")),
        migrations.AddIndex("job", models.Index(fields=["shelf"], name="jobs_job_shelf")),
    ]
"""


@contextmanager
def later_release() -> Iterator[None]:
    """The product as it would be with one column and one index more in the jobs."""
    from django.conf import settings

    import kernel.jobs.migrations as jobs

    with tempfile.TemporaryDirectory() as scratch:
        package = Path(scratch) / "later_jobs"
        shutil.copytree(Path(jobs.__path__[0]), package)
        (package / "0002_later.py").write_text(LATER)
        sys.path.insert(0, scratch)
        settings.MIGRATION_MODULES = {"jobs": "later_jobs"}
        yield


def migrate_template() -> None:
    """Bring the template to the later release, as `baladiyat release` does first."""
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command as Migrate

    from kernel.tenancy import TEMPLATE, as_owner, use

    with as_owner(), use(TEMPLATE):
        call_command(Migrate(), interactive=False, verbosity=0)


def main() -> None:
    """`--prepare 1`, `--release 1` or `--read SECONDS --town NUMBER`."""
    wishes = begin("later", prepare=0, release=0, read=0, town=0)
    if wishes.read:
        _read(wishes.read, f"crowd_{wishes.town:03}")
        return
    with later_release():
        if wishes.prepare:
            migrate_template()
        if wishes.release:
            _release()


def _read(seconds: int, town: str) -> None:
    from tenants.owner import owner

    with owner() as reader, reader.transaction():
        reader.execute(f"SELECT count(*) FROM {town}.jobs_job".encode())
        sys.stdout.write("reading\n")
        sys.stdout.flush()
        time.sleep(seconds)


def _release() -> None:
    from kernel.jobs.models import Job, Status
    from kernel.tenancy import TEMPLATE, use, use_shared
    from tenants.models import Rollout, Turn
    from tenants.states import catalogues, states
    from tenants.upgrade.rollout import Wishes, roll_out

    outcome = roll_out(Wishes(parallel=2), progress=_line)
    with use_shared():
        tries = max(Turn.objects.values_list("tries", flat=True), default=0)
        runs = Rollout.objects.count()
        towns = [one for one in states_of() if one.startswith("crowd_")]
    same = catalogues([TEMPLATE, *towns])
    _say("nobody failed, nobody was refused", outcome.holds, f"{outcome.done} in the last run")
    _say(
        "what was done before was not done again",
        outcome.done < len(towns),
        f"{outcome.done} of {len(towns)} left",
    )
    _say(
        "the same migrations in all",
        len(set(states([TEMPLATE, *towns]).values())) == 1,
        f"{len(towns)}",
    )
    _say("the same tables in all, as in the template", len(set(same.values())) == 1, f"{len(same)}")
    _say("every kill was taken up in one account", runs == 1, f"{runs}")
    _say("the reader made it try again", tries > 1, f"{tries} tries")
    with use(towns[0]):  # this process still has the old model, without the new column
        from kernel.audit.recording import recorded
        from kernel.viewer import Viewer

        with recorded(by=Viewer.system("infra/faults")):
            Job.objects.create(kind="x", title="x", status=Status.WAITING)
        _say("the old code writes in the new table", Job.objects.filter(kind="x").exists(), "")


def states_of() -> list[str]:
    """The short names in the register. Inside the shared register."""
    from tenants.models import Municipality

    return list(Municipality.objects.values_list("schema_name", flat=True))


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _say(promise: str, holds: bool, found: str) -> None:
    sys.stdout.write(json.dumps({"promise": promise, "holds": holds, "found": found}) + "\n")


if __name__ == "__main__":
    main()
