"""The doctor names what is broken, one fault not hiding another, and says what to mend."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from kernel.tenancy import use_shared
from tenants import doctor
from tenants.models import Municipality, Stage

Examined = Callable[[], dict[str, doctor.Finding]]


@pytest.fixture
def examined(db: None) -> Examined:
    def examine() -> dict[str, doctor.Finding]:
        return {one.code: one for one in doctor.examine()}

    return examine


def test_what_is_in_order_is_told_without_advice(examined: Examined) -> None:
    found = examined()
    for code in ("database", "database_version", "pooler", "release", "drift", "fonts", "clock"):
        assert (found[code].grade, found[code].mend) == ("ok", ""), found[code]


def test_faults_are_named_beside_one_another_each_with_what_to_do(
    examined: Examined, settings: Any, tmp_path: Path
) -> None:
    taken = tmp_path / "a file, not a folder"
    taken.write_text("")
    settings.SECRET_KEY = "short"
    settings.STORAGE_URL = f"file://{taken}"
    settings.DEBUG = True
    settings.HUB_HOST = "elsewhere.example.ps"
    found = examined()
    for code in ("secret_key", "storage", "debug", "hub_host"):
        assert found[code].grade == "bad", found[code]
        assert found[code].mend
    assert found["database"].grade == "ok"


def test_a_database_that_is_away_is_told_at_once_and_the_rest_is_looked_at(
    examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def refused() -> Any:
        raise psycopg.OperationalError("connection refused")
        yield

    monkeypatch.setattr(doctor.database, "owner", refused)
    found = examined()
    assert found["database"].grade == "bad"
    assert "connection refused" in found["database"].sentence
    assert found["secret_key"].grade in {"ok", "bad"}
    assert "release" not in found and "backups" not in found


def test_who_lacks_what_the_release_plants_is_behind(
    examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.database, "lacking", lambda towns: ["nablus"])
    found = examined()["release"]
    assert found.grade == "bad"
    assert "nablus" in found.sentence
    assert "baladiyat release" in found.mend


def test_a_municipality_at_work_without_a_backup_is_named(examined: Examined) -> None:
    with use_shared():
        Municipality.objects.filter(schema_name="nablus").update(stage=Stage.LIVE, is_demo=False)
    found = examined()["backups"]
    assert found.grade == "warn"
    assert "nablus" in found.sentence


def test_clocks_that_are_apart_are_told(examined: Examined) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        assert examined()["clock"].grade == "bad"


def test_a_check_that_breaks_is_a_finding_and_hides_no_other(
    examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks() -> Any:
        raise RuntimeError("unforeseen")
        yield

    monkeypatch.setattr(doctor, "CHECKS", (breaks, doctor.house.printing))
    found = examined()
    assert (found["breaks"].grade, "unforeseen" in found["breaks"].sentence) == ("bad", True)
    assert "fonts" in found


def test_the_command_ends_with_the_worst(db: None, settings: Any, capsys: Any) -> None:
    settings.SECRET_KEY = "short"
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--language", "en")
    assert ended.value.code == 2
    assert "SECRET_KEY has 5 characters." in capsys.readouterr().out
