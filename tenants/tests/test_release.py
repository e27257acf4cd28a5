"""A release reaches every municipality or says which not; what was killed is taken up; nobody waits long for a lock."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.tenancy import TEMPLATE, as_owner, use, use_shared
from tenants.models import Municipality, Release, Rollout, RolloutState, Turn, TurnState
from tenants.owner import owner
from tenants.release import current_release
from tenants.states import catalogues, states
from tenants.upgrade.rendering import Plan, Step
from tenants.upgrade.rollout import NoSuchCanary, Outcome, ReleaseRuns, Wishes, roll_out

TOWNS = ("khanyounis", "nablus")
ADDED = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.AddField("job", "shelf", models.TextField(default="")),
        migrations.AddIndex("job", models.Index(fields=["shelf"], name="jobs_job_shelf")),
    ]
"""
FILLED = """
from django.db import migrations

def fill(apps, schema_editor):
    Pulse = apps.get_model("jobs", "Pulse")
    Pulse.objects.update(done=0)
    schema_editor.execute("COMMENT ON TABLE jobs_job IS 'filled'")

class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_later")]
    operations = [migrations.RunPython(fill)]
"""
HURRY = {"lock_timeout_ms": 30, "most_tries": 2, "pause": 0.0}


@pytest.fixture
def write_release(
    transactional_db: None, tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """`write_release(ADDED)`: a release with further migrations of the jobs, already in the template."""
    package = tmp_path / "later_jobs"
    shutil.copytree(
        Path(sys.modules["kernel.jobs"].__file__ or "").parent / "migrations",
        package,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    monkeypatch.syspath_prepend(tmp_path)

    def write(*texts: str) -> None:
        for number, text in enumerate(texts, start=2):
            name = "later" if number == 2 else f"then_{number}"
            (package / f"{number:04}_{name}.py").write_text(text)
        settings.MIGRATION_MODULES = {"jobs": "later_jobs"}  # type: ignore[attr-defined]
        with as_owner(), use(TEMPLATE):
            call_command(Migrate(), interactive=False, verbosity=0)

    before = _releases()
    yield write
    for name in [one for one in sys.modules if one.startswith("later_jobs")]:
        del sys.modules[name]
    with owner() as said:
        for schema in (TEMPLATE, *TOWNS):
            said.execute(
                f"ALTER TABLE {schema}.jobs_job DROP COLUMN IF EXISTS shelf, DROP COLUMN IF EXISTS stray;"
                f" COMMENT ON TABLE {schema}.jobs_job IS NULL;"
                f" DELETE FROM {schema}.django_migrations WHERE app = 'jobs' AND name > '0002'"
            )
    with use_shared():
        Rollout.objects.all().delete()
        Release.objects.exclude(pk__in=before).delete()
        Municipality.objects.filter(schema_name__in=TOWNS).update(
            release=current_release().fingerprint
        )


def _releases() -> list[int]:
    current_release()
    with use_shared():
        return list(Release.objects.values_list("pk", flat=True))


@contextmanager
def _a_long_reader(schema: str) -> Iterator[Callable[[], None]]:
    with owner() as reader:
        reader.execute("BEGIN")
        reader.execute(f"SELECT count(*) FROM {schema}.jobs_job")

        def end() -> None:
            reader.execute("ROLLBACK")

        yield end


def _has_shelf(schema: str) -> bool:
    with owner() as said:
        found = said.execute(
            "SELECT 1 FROM information_schema.columns WHERE table_schema = %s"
            " AND table_name = 'jobs_job' AND column_name = 'shelf'",
            [schema],
        )
        return found.fetchone() is not None


def _turns() -> dict[str, str]:
    with use_shared():
        return dict(Turn.objects.values_list("municipality__schema_name", "state"))


def test_a_release_reaches_every_municipality_and_proves_it(
    write_release: Callable[..., None],
) -> None:
    write_release(ADDED)
    outcome = roll_out(Wishes(canaries=("nablus",)))
    assert (outcome.done, outcome.holds) == (2, True)
    assert all(_has_shelf(one) for one in TOWNS)
    assert len(set(catalogues([TEMPLATE, *TOWNS]).values())) == 1
    assert len(set(states([TEMPLATE, *TOWNS]).values())) == 1
    with use_shared():
        assert set(
            Municipality.objects.filter(schema_name__in=TOWNS).values_list("release", flat=True)
        ) == {outcome.target}
        assert Turn.objects.get(is_canary=True).municipality.schema_name == "nablus"
        assert Rollout.objects.get().state == RolloutState.DONE


def test_the_new_table_can_be_written_by_the_municipality(
    write_release: Callable[..., None],
) -> None:
    write_release(ADDED)
    roll_out(Wishes())
    with use("nablus"), connection.cursor() as cursor:
        cursor.execute("SELECT shelf FROM jobs_job")


def test_nothing_to_do_costs_the_same_for_any_number_of_municipalities(town: str) -> None:
    with use_shared():
        roll_out(Wishes())
        with CaptureQueriesContext(connection) as seen:
            outcome = roll_out(Wishes())
        before = len(seen)
        Municipality.objects.filter(schema_name="nablus").delete()
        with CaptureQueriesContext(connection) as seen:
            alone = roll_out(Wishes())
    assert (outcome.fleet, alone.fleet, outcome.behind, alone.behind) == (2, 1, {}, {})
    assert len(seen) == before


def test_a_municipality_with_other_tables_is_refused_and_named(
    write_release: Callable[..., None],
) -> None:
    with owner() as said:
        said.execute("ALTER TABLE nablus.jobs_job ADD COLUMN stray text")
    write_release(ADDED)
    outcome = roll_out(Wishes())
    assert "jobs_job.stray" in outcome.refused["nablus"]
    assert _turns() == {"khanyounis": TurnState.DONE, "nablus": TurnState.REFUSED}
    assert not _has_shelf("nablus")


def test_a_long_reader_makes_it_try_again(write_release: Callable[..., None]) -> None:
    write_release(ADDED)
    with _a_long_reader("nablus") as end:
        outcome = roll_out(
            Wishes(canaries=("nablus",), **HURRY),  # type: ignore[arg-type]
            progress=lambda line: end() if "holds a table" in line else None,
        )
    assert outcome.holds
    with use_shared():
        assert Turn.objects.get(municipality__schema_name="nablus").tries == 2


def test_a_reader_who_never_ends_fails_one_municipality_and_nothing_of_it_changed(
    write_release: Callable[..., None],
) -> None:
    write_release(ADDED)
    with _a_long_reader("nablus"):
        outcome = roll_out(Wishes(**HURRY))  # type: ignore[arg-type]
    assert list(outcome.failed) == ["nablus"]
    assert (_has_shelf("khanyounis"), _has_shelf("nablus")) == (True, False)
    assert roll_out(Wishes()).done == 1
    assert _has_shelf("nablus")


def test_a_canary_that_fails_stops_the_release(write_release: Callable[..., None]) -> None:
    write_release(ADDED)
    with _a_long_reader("nablus"):
        outcome = roll_out(Wishes(canaries=("nablus",), **HURRY))  # type: ignore[arg-type]
    assert outcome.stopped
    assert _turns() == {"khanyounis": TurnState.WAITING, "nablus": TurnState.FAILED}
    assert not _has_shelf("khanyounis")


def test_enough_failures_stop_the_release(write_release: Callable[..., None]) -> None:
    write_release(ADDED)
    with _a_long_reader("khanyounis"):
        outcome = roll_out(Wishes(parallel=1, stop_after=1, **HURRY))  # type: ignore[arg-type]
    assert outcome.stopped
    assert not _has_shelf("nablus")


def test_a_run_that_was_killed_is_taken_up_where_it_stood(
    write_release: Callable[..., None],
) -> None:
    write_release(ADDED)

    def die(line: str) -> None:
        if line.startswith("khanyounis: done"):
            raise SystemExit

    with pytest.raises(SystemExit):
        roll_out(Wishes(canaries=("khanyounis",)), progress=die)
    assert (_has_shelf("khanyounis"), _has_shelf("nablus")) == (True, False)
    outcome = roll_out(Wishes())
    assert (list(outcome.behind), outcome.done) == (["nablus"], 1)
    with use_shared():
        assert Rollout.objects.get().state == RolloutState.DONE
    assert set(_turns().values()) == {TurnState.DONE}


def test_a_municipality_killed_between_two_steps_gets_a_plan_of_its_own(
    write_release: Callable[..., None],
) -> None:
    write_release(ADDED, ADDED.replace("0001_initial", "0002_later").replace("shelf", "stray"))
    plan = next(iter(roll_out(Wishes(dry_run=True)).plans.values()))
    with owner() as said:
        said.execute("SET search_path = nablus, extensions")
        first = next(step for step in plan.steps if step.name == "0002_later")
        said.execute(first.at("nablus"))  # type: ignore[arg-type]
        said.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', '0002_later', now())"
        )
    outcome = roll_out(Wishes())
    assert outcome.holds
    ours = [[step for step in one.steps if step.app == "jobs"] for one in outcome.plans.values()]
    assert sorted(len(one) for one in ours) == [1, 2]


def test_a_migration_in_python_is_run_by_django_in_each_municipality(
    write_release: Callable[..., None],
) -> None:
    write_release(ADDED, FILLED)
    outcome = roll_out(Wishes())
    assert outcome.holds, outcome
    (plan,) = outcome.plans.values()
    assert [step.by_django for step in plan.steps if step.app == "jobs"] == [False, True]
    with owner() as said:
        for schema in TOWNS:
            found = said.execute(f"SELECT obj_description('{schema}.jobs_job'::regclass)")
            assert found.fetchone() == ("filled",)


def test_a_dry_run_tells_the_text_and_touches_nobody(write_release: Callable[..., None]) -> None:
    write_release(ADDED)
    outcome = roll_out(Wishes(dry_run=True))
    (plan,) = outcome.plans.values()
    text = "".join(step.text for step in plan.steps)
    assert 'ADD COLUMN "shelf"' in text
    assert "template_scratch" not in text
    assert not _has_shelf("nablus")
    with use_shared():
        assert not Rollout.objects.exists()
        assert list(outcome.behind) == list(TOWNS)


def test_two_releases_at_once_are_refused(town: str) -> None:
    with owner() as other:
        other.execute("SELECT pg_advisory_lock(7402028)")
        with pytest.raises(ReleaseRuns):
            roll_out(Wishes())


def test_a_canary_that_is_not_there_is_named(town: str) -> None:
    with pytest.raises(NoSuchCanary) as refused:
        roll_out(Wishes(canaries=("nowhere",)))
    assert "nowhere" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "makes"),
    [
        ("ALTER TABLE @@town@@.jobs_job ADD COLUMN shelf text DEFAULT '' NOT NULL;", False),
        ("CREATE INDEX jobs_job_shelf ON @@town@@.jobs_job (shelf);", False),
        ("CREATE  unique index one ON @@town@@.jobs_job (shelf);", False),
        ("CREATE TABLE @@town@@.jobs_shelf (id bigint);", True),
        ("CREATE OR REPLACE FUNCTION @@town@@.guard() RETURNS trigger", True),
        ("ALTER TABLE @@town@@.jobs_job ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY;", True),
    ],
)
def test_only_what_makes_objects_needs_new_rights(text: str, makes: bool) -> None:
    assert Plan((Step("jobs", "0002_later", text),), "", {}).makes_objects is makes


def test_a_step_by_django_may_make_anything() -> None:
    assert Plan((Step("jobs", "0002_later", "", by_django=True),), "", {}).makes_objects


def test_an_outcome_with_a_refusal_does_not_hold() -> None:
    assert not Outcome("x", refused={"nablus": "drift"}).holds
    assert Outcome("x").holds
