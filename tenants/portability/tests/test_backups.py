"""Whose turn it is, what is removed, what counts as a backup: no town is copied here, so this is quick."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kernel.jobs.models import Job
from kernel.tenancy import HUB, use, use_shared
from tenants.models import Municipality, Stage
from tenants.portability import backups
from tenants.portability.models import Copy, Purpose

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BACK_UP, PROVE = "portability.back_up", "portability.prove"


@pytest.fixture(autouse=True)
def _at_noon(town: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BACKUP_EVERY_HOURS = 24
    settings.BACKUP_KEEP_DAYS = 14
    monkeypatch.setattr(backups.timezone, "now", lambda: NOW)


def a_copy(
    place: Path,
    age: timedelta,
    *,
    schema: str = "khanyounis",
    proved: bool = True,
    fault: str = "",
    purpose: str = Purpose.BACKUP,
) -> Copy:
    """A copy on the disk and in the list."""
    made = NOW - age
    file = place / f"{schema}-{made:%Y%m%dT%H%M%S}-{purpose}"
    file.write_bytes(b"a copy")
    with use_shared():
        return Copy.objects.create(
            municipality=Municipality.objects.get(schema_name=schema), schema=schema,
            purpose=purpose, place=str(file), size=6, rows=1, files=0, release="2026.11",
            made_at=made, made_in_ms=5, proved_at=made if proved else None,
            proved_in_ms=5 if proved else None, fault=fault,
        )  # fmt: skip


def is_there(copy: Copy) -> bool:
    with use_shared():
        copy.refresh_from_db()
    assert (copy.removed_at is None) == Path(copy.place).exists()
    return copy.removed_at is None


def begun(kind: str) -> list[str]:
    with use(HUB):
        return sorted(one.params["schema"] for one in Job.objects.filter(kind=kind))


def keep_copies() -> int:
    with use(HUB):
        return int(backups.keep_copies())


def test_every_town_has_a_turn_a_day_at_a_time_of_its_own() -> None:
    turns = {schema: backups.turn_of(schema, NOW) for schema in ("khanyounis", "nablus")}
    assert len(set(turns.values())) == 2
    for schema, turn in turns.items():
        assert NOW - DAY < turn <= NOW
        assert backups.turn_of(schema, turn) == turn
        assert backups.turn_of(schema, turn - timedelta(seconds=1)) == turn - DAY


def test_a_town_is_due_until_it_was_copied_since_its_turn(tmp_path: Path) -> None:
    turn = backups.turn_of("khanyounis", NOW)
    assert backups.due_for_backup(NOW) == ["khanyounis", "nablus"]

    a_copy(tmp_path, NOW - turn + timedelta(seconds=1))
    assert backups.due_for_backup(NOW) == ["khanyounis", "nablus"]
    a_copy(tmp_path, NOW - turn)
    assert backups.due_for_backup(NOW) == ["nablus"]
    assert backups.due_for_backup(turn + DAY) == ["khanyounis", "nablus"]


def test_an_export_that_somebody_took_is_no_backup(tmp_path: Path) -> None:
    a_copy(tmp_path, timedelta(0), purpose=Purpose.EXPORT)
    assert "khanyounis" in backups.due_for_backup(NOW)
    assert backups.backup_age("khanyounis") is None


def test_a_suspended_town_is_copied_and_an_archived_one_is_not() -> None:
    with use_shared():
        Municipality.objects.filter(schema_name="khanyounis").update(stage=Stage.SUSPENDED)
        Municipality.objects.filter(schema_name="nablus").update(stage=Stage.ARCHIVED)
    assert backups.due_for_backup(NOW) == ["khanyounis"]


def test_the_newest_unproved_copy_is_proved_the_longest_waiting_town_first(tmp_path: Path) -> None:
    a_copy(tmp_path, 3 * DAY, proved=False)  # an older one of the same town needs no proof any more
    a_copy(tmp_path, DAY, proved=False)
    a_copy(tmp_path, 2 * DAY, schema="nablus", proved=False)
    assert backups.due_for_proof() == ["nablus", "khanyounis"]


def test_a_copy_that_was_found_faulty_is_not_tried_again(tmp_path: Path) -> None:
    a_copy(tmp_path, DAY, proved=False, fault="tables/identity_user.csv is damaged")
    a_copy(tmp_path, 2 * DAY, schema="nablus")
    assert backups.due_for_proof() == []


def test_only_a_proved_copy_has_an_age(tmp_path: Path) -> None:
    assert backups.backup_age("khanyounis", now=NOW) is None
    a_copy(tmp_path, 2 * DAY)
    a_copy(tmp_path, DAY, proved=False)
    a_copy(tmp_path, timedelta(hours=1), proved=False, fault="damaged")
    assert backups.backup_age("khanyounis", now=NOW) == 2 * DAY


def test_old_copies_are_removed_from_the_disk_and_stay_in_the_list(tmp_path: Path) -> None:
    old = a_copy(tmp_path, 15 * DAY)
    young = a_copy(tmp_path, 13 * DAY)
    newest = a_copy(tmp_path, DAY)
    taken = a_copy(tmp_path, 40 * DAY, purpose=Purpose.EXPORT)

    assert backups.remove_old(now=NOW) == 1
    assert not is_there(old)
    assert is_there(young) and is_there(newest) and is_there(taken)
    assert old in backups.copies("khanyounis")
    assert backups.remove_old(now=NOW) == 0


def test_the_newest_and_the_newest_proved_copy_stay_however_old(tmp_path: Path) -> None:
    first = a_copy(tmp_path, 60 * DAY)
    proved = a_copy(tmp_path, 50 * DAY)
    faulty = a_copy(tmp_path, 40 * DAY, proved=False, fault="damaged")
    newest = a_copy(tmp_path, 30 * DAY, proved=False)

    assert backups.remove_old(now=NOW) == 2
    assert not is_there(first) and not is_there(faulty)
    assert is_there(proved) and is_there(newest)


def test_one_town_s_young_copy_does_not_remove_another_s_only_one(tmp_path: Path) -> None:
    only = a_copy(tmp_path, 60 * DAY, schema="nablus")
    a_copy(tmp_path, DAY)
    assert backups.remove_old(now=NOW) == 0
    assert is_there(only)


def test_a_copy_whose_file_is_gone_already_is_written_off(tmp_path: Path) -> None:
    old = a_copy(tmp_path, 15 * DAY)
    a_copy(tmp_path, DAY)
    Path(old.place).unlink()
    assert backups.remove_old(now=NOW) == 1
    assert not is_there(old)


def test_the_clock_begins_what_is_due_once(tmp_path: Path) -> None:
    a_copy(tmp_path, timedelta(0), schema="nablus", proved=False)
    assert keep_copies() == 2
    assert begun(BACK_UP) == ["khanyounis"]
    assert begun(PROVE) == ["nablus"]

    assert keep_copies() == 0  # both are still open
    assert begun(BACK_UP) == ["khanyounis"] and begun(PROVE) == ["nablus"]


def test_the_clock_begins_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "AT_ONCE", 1)
    assert keep_copies() == 1
    assert begun(BACK_UP) == ["khanyounis"]


def test_the_clock_removes_what_is_old(tmp_path: Path) -> None:
    old = a_copy(tmp_path, 15 * DAY)
    a_copy(tmp_path, timedelta(0))
    keep_copies()
    assert not is_there(old)


class _Told:
    """What a job said at its end."""

    def __init__(self, schema: str) -> None:
        self.params = {"schema": schema}
        self.failed = self.finished = ""

    def fail(self, sentence: str) -> None:
        self.failed = sentence

    def finish(self, *, text: str) -> None:
        self.finished = text


def test_a_drill_without_a_backup_fails_with_a_sentence() -> None:
    job = _Told("khanyounis")
    backups.run_drill(job)  # type: ignore[arg-type]
    assert "khanyounis" in job.failed
    assert not job.finished


def test_a_faulty_copy_keeps_its_fault_and_is_not_proved(tmp_path: Path, settings: Any) -> None:
    settings.BACKUP_IDENTITY_FILE = str(tmp_path / "identity")
    damaged = a_copy(tmp_path, DAY, proved=False)
    with pytest.raises(backups.Refusal) as refusal:
        backups.prove(damaged)
    with use_shared():
        damaged.refresh_from_db()
    assert damaged.fault == str(refusal.value)
    assert damaged.proved_at is None
    assert backups.due_for_proof() == []
