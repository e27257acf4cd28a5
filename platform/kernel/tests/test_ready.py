"""A ready query gives what the ORM gives, for other values each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.db import ReadyQuery, Slot, any_of
from kernel.organisation.models import Assignment, Section
from kernel.tenancy import use
from kernel.viewer import Viewer

pytestmark = pytest.mark.usefixtures("town")

seats = ReadyQuery(
    lambda: (
        Assignment.objects.select_related("section__parent", "role")
        .filter(user_id=Slot(1), starts_on__lte=Slot(0))
        .order_by("id")
    )
)
sections = ReadyQuery(lambda: Section.objects.filter(any_of("code", 0, "text")).order_by("code"))


def test_the_rows_come_with_what_is_beside_them(
    amal: Viewer, basel: Viewer, count_queries: Callable[[], Any]
) -> None:
    for viewer in (amal, basel):
        with count_queries() as seen:
            (ready,) = seats.all("2100-01-01", viewer.user_id)
            beside = ready.section.parent, ready.section.lineage, ready.role.permissions
        plain = Assignment.objects.select_related("section__parent", "role").get(pk=ready.pk)
        assert len(seen) == 1
        assert beside == (plain.section.parent, plain.section.lineage, plain.role.permissions)
        assert ready == plain and not ready._state.adding
    assert seats.first("1900-01-01", amal.user_id) is None


def test_each_municipality_is_asked_for_its_own(other_town: str) -> None:
    codes = ["archive", "front_desk"]
    here = sections.all(codes)
    assert [one.code for one in here] == codes
    with use(other_town):
        assert sections.all(codes) == list(Section.objects.filter(code__in=codes).order_by("code"))
        assert sections.all([]) == []
