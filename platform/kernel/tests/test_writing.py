"""Rows written in one message: everything that the database promises about rows stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.db import reserve_ids, write_rows
from kernel.organisation.models import Assignment, Role, Section
from kernel.tenancy import WrongTenant, use
from kernel.viewer import Viewer

pytestmark = pytest.mark.usefixtures("town")


def _rows(amal: Viewer) -> tuple[Role, list[Assignment]]:
    """A new role and two seats of it, pointing at it before it is written."""
    role = Role(code="guide", name_ar="مرشد", permissions=["frontdesk.open", "parties.read"])
    first, second = Section.objects.order_by("id")[:2]
    seats = [
        Assignment(user_id=amal.user_id, section=one, role=role, starts_on="2026-01-01")
        for one in (first, second)
    ]
    return role, seats


def test_rows_of_two_tables_go_in_one_message_the_pointing_ones_first(
    amal: Viewer, system: Viewer, count_queries: Callable[[], Any]
) -> None:
    role, seats = _rows(amal)
    with recorded(by=system):
        ((role.pk,), ids, none) = reserve_ids((Role, 1), (Assignment, 2), (Section, 0))
        for seat, number in zip(seats, ids, strict=True):
            seat.pk = number
        with count_queries() as seen:
            write_rows(seats, [], [role])
    assert len(seen) == 1 and none == []
    written = Role.objects.get(code="guide")
    assert written.pk == role.pk and written.permissions == ["frontdesk.open", "parties.read"]
    assert set(written.seats.values_list("id", flat=True)) == set(ids)
    trail = AuditEntry.objects.filter(operation="insert", actor_name=system.name)
    assert trail.filter(table_name="organisation_role", row_id=str(role.pk)).count() == 1
    assert trail.filter(table_name="organisation_assignment").count() >= 2


def test_ids_that_were_not_reserved_are_the_database_s(system: Viewer) -> None:
    with recorded(by=system):
        write_rows([Role(code="a", name_ar="أ"), Role(code="b", name_ar="ب")])
    assert Role.objects.filter(code__in=["a", "b"]).count() == 2


def test_an_audited_table_is_not_written_without_an_actor() -> None:
    with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
        write_rows([Role(code="a", name_ar="أ")])


def test_constraints_bite(system: Viewer) -> None:
    with pytest.raises(DatabaseError, match="organisation_role_named"), recorded(by=system):
        write_rows([Role(code="a", name_ar="أ"), Role(code="b", name_ar="")])
    assert not Role.objects.filter(code="a").exists()


def test_a_row_begun_in_one_town_is_not_written_in_another(other_town: str, system: Viewer) -> None:
    role = Role(code="a", name_ar="أ")
    with use(other_town), pytest.raises(WrongTenant), recorded(by=system):
        write_rows([role])
