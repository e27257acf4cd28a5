"""An export of an older release comes to this one by the release's own plan, or is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.audit.sealing import verify
from kernel.jobs.models import Job
from kernel.tenancy import TEMPLATE, use
from tenants.owner import owner
from tenants.portability import restoring
from tenants.portability.errors import CannotUpgrade
from tenants.portability.packages import opened_export
from tenants.portability.restoring import Restored, restore_export
from tenants.portability.tests.conftest import SYSTEM
from tenants.states import catalogues, newest, states
from tenants.tests.test_release import ADDED, write_release
from tenants.upgrade.rendering import SCRATCH
from tenants.upgrade.rollout import ReleaseRuns, alone

__all__ = ["write_release"]


def _restore(place: Path) -> Restored:
    with opened_export(place) as opened:
        return restore_export(opened, schema="rafah_two", hosts=["rafah-two.test"], by=SYSTEM)


def _schemas() -> set[str]:
    with owner() as said:
        found = said.execute(
            "SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^(rafah_two|template_s)'"
        )
        return {name for (name,) in found.fetchall()}


def test_an_older_export_has_the_tables_of_this_release_afterwards(
    exported: Path, write_release: Callable[..., None]
) -> None:
    write_release(ADDED)
    assert _restore(exported).upgraded
    assert states(["rafah_two"]) == {"rafah_two": newest()}
    assert catalogues(["rafah_two"])["rafah_two"] == catalogues([TEMPLATE])[TEMPLATE]
    assert SCRATCH not in _schemas()
    with use("rafah_two"):
        assert Job.objects.count() >= 0
        assert verify().sound


def test_tables_that_are_not_those_of_their_release_are_refused_and_nothing_stays(
    exported: Path, write_release: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(ADDED)
    real = restoring.fill_schema

    def with_a_stray_column(cursor: object, opened: object, schema: str, **rest: float) -> None:
        real(cursor, opened, schema, **rest)  # type: ignore[arg-type]
        cursor.execute(f"ALTER TABLE {schema}.jobs_job ADD COLUMN stray text")  # type: ignore[attr-defined]

    monkeypatch.setattr(restoring, "fill_schema", with_a_stray_column)
    with pytest.raises(CannotUpgrade, match="stray"):
        _restore(exported)
    assert not _schemas()


def test_it_is_not_brought_forward_while_a_release_runs(
    exported: Path, write_release: Callable[..., None]
) -> None:
    write_release(ADDED)
    with alone(), pytest.raises(ReleaseRuns):
        _restore(exported)
    assert not _schemas()
