"""Alter, remove, insert or cut an entry of the sealed trail, and the verifier names it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from kernel.activation.models import ModuleSwitch
from kernel.audit import sealing
from kernel.audit.models import AuditEntry, AuditSeal
from kernel.audit.recording import recorded
from kernel.tenancy import as_owner
from kernel.viewer import Viewer


@pytest.fixture(autouse=True)
def _settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction never ends; let its entries count as settled."""
    monkeypatch.setattr(
        sealing,
        "_settled",
        lambda after, _running, _settling: list(sealing._entries(after, 10**12)),
    )


@pytest.fixture
def sealed(town: str, system: Viewer) -> list[int]:
    with recorded(by=system):
        for number in range(5):
            ModuleSwitch.objects.create(code=f"m{number}", is_on=True)
    assert sealing.seal(settling=timedelta(0)) >= 5
    assert sealing.verify().sound
    return list(AuditEntry.objects.order_by("-id").values_list("id", flat=True)[:5])


def _tamper(statement: str, *values: object) -> None:
    """As somebody with the database owner's rights would: the guards off, the row changed, the guards on."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER ALL")


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE audit_entry SET actor_name = 'somebody else' WHERE id = %s", "altered"),
        ("UPDATE audit_entry SET after = '{}' WHERE id = %s", "altered"),
        ("DELETE FROM audit_entry WHERE id = %s", "missing"),
    ],
)
def test_a_changed_entry_is_found(sealed: list[int], statement: str, says: str) -> None:
    _tamper(statement, sealed[2])
    verdict = sealing.verify()
    assert not verdict.sound
    assert says in verdict.first_bad


def test_the_cut_off_end_is_found(sealed: list[int]) -> None:
    _tamper("DELETE FROM audit_entry WHERE id >= %s", sealed[-1])
    assert not sealing.verify().sound


def test_two_swapped_entries_are_found(sealed: list[int]) -> None:
    _tamper("UPDATE audit_entry SET id = -1 WHERE id = %s", sealed[0])
    _tamper("UPDATE audit_entry SET id = %s WHERE id = %s", sealed[0], sealed[1])
    _tamper("UPDATE audit_entry SET id = %s WHERE id = -1", sealed[1])
    assert "altered" in sealing.verify().first_bad


def test_each_seal_continues_the_one_before(sealed: list[int], system: Viewer) -> None:
    with recorded(by=system):
        ModuleSwitch.objects.create(code="later", is_on=True)
    sealing.seal(settling=timedelta(0))
    first, second = AuditSeal.objects.order_by("-id")[:2][::-1]
    assert second.first_entry > first.last_entry
    assert second.digest != first.digest
    assert sealing.verify().sound
