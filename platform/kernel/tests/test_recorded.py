"""Every write names its actor, in the database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.activation.models import ModuleSwitch
from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.viewer import Viewer


def test_a_write_outside_recorded_is_refused_by_the_database(town: str) -> None:
    with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
        ModuleSwitch.objects.create(code="nothing", is_on=True)


def test_a_change_leaves_one_entry_with_actor_reason_and_what_changed(town: str) -> None:
    basel = Viewer(user_id=7, name="باسل", request_id="req-1")
    with recorded(by=basel, reason="قرار المجلس"):
        row = ModuleSwitch.objects.create(code="nothing", is_on=True)
        row.is_on = False
        row.save(update_fields=["is_on"])
    made, changed = AuditEntry.objects.filter(
        table_name="activation_moduleswitch", row_id=str(row.pk)
    ).order_by("id")
    assert (made.operation, made.actor_id, made.actor_name) == ("insert", 7, "باسل")
    assert (changed.before, changed.after) == ({"is_on": True}, {"is_on": False})
    assert (changed.reason, changed.request_id) == ("قرار المجلس", "req-1")


def test_a_nested_block_gives_the_word_back(town: str) -> None:
    with recorded(by=Viewer(user_id=1, name="outer")):
        with recorded(by=Viewer(user_id=2, name="inner")):
            ModuleSwitch.objects.create(code="inner", is_on=True)
        ModuleSwitch.objects.create(code="outer", is_on=True)
    actors = dict(
        AuditEntry.objects.filter(
            operation="insert", after__code__in=["inner", "outer"]
        ).values_list("after__code", "actor_name")
    )
    assert actors == {"inner": "inner", "outer": "outer"}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET actor_name = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"],
)
def test_the_trail_cannot_be_rewritten(town: str, statement: str, system: Viewer) -> None:
    with recorded(by=system):
        ModuleSwitch.objects.create(code="nothing", is_on=True)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
