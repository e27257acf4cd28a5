"""Seats give rights, from a day to a day, at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.events.models import OutboxEvent
from kernel.identity.models import User
from kernel.identity.services import deactivate
from kernel.organisation import selectors, services
from kernel.organisation.errors import (
    AccountIsClosed,
    AlreadyOver,
    EndsBeforeItStarts,
    RoleCodeTaken,
    SeatTaken,
    SectionIsClosed,
    UnknownPermission,
)
from kernel.organisation.models import Assignment, Role, Section
from kernel.viewer import Viewer

A_DAY = timedelta(days=1)


def user(username: str) -> User:
    return User.objects.get(username=username)


@pytest.fixture
def keeper(hadi: Viewer) -> Role:
    return services.define_role(
        "holiday_keeper", name_ar="أمين التقويم", permissions=["calendar.manage"], by=hadi
    )


@pytest.fixture
def archive(town: str) -> Section:
    return selectors.section_by_code("archive")


def test_who_somebody_is_costs_two_queries(amal: Viewer, count_queries: Callable[[], Any]) -> None:
    account = user("amal")
    today()  # the profile is at hand in every request
    with count_queries() as seen:
        viewer = selectors.viewer_for(account, channel="web", request_id="r")
    assert len(seen) == 2
    assert viewer.roles == {"service_clerk"}
    assert viewer.name == "أمل الأسطل"


def test_a_change_of_role_is_effective_at_once(
    hadi: Viewer, keeper: Role, archive: Section
) -> None:
    seat = services.assign(user("amal"), section=archive, role=keeper, by=hadi)
    assert selectors.viewer_for(user("amal")).may("calendar.manage")
    services.change_role(keeper, permissions=[], by=hadi)
    assert not selectors.viewer_for(user("amal")).may("calendar.manage")
    services.change_role(keeper, permissions=["calendar.manage"], by=hadi)
    services.end_assignment(seat, by=hadi, reason="نقل")
    assert not selectors.viewer_for(user("amal")).may("calendar.manage")


def test_a_seat_counts_from_its_first_to_its_last_day(
    hadi: Viewer, keeper: Role, archive: Section
) -> None:
    first, last = today() + A_DAY, today() + 3 * A_DAY
    services.assign(
        user("amal"), section=archive, role=keeper, starts_on=first, ends_on=last, by=hadi
    )
    days = [first - A_DAY, first, last, last + A_DAY]
    held = [selectors.viewer_for(user("amal"), on=day).may("calendar.manage") for day in days]
    assert held == [False, True, True, False]


def test_a_seat_leaves_its_trail_and_its_event(
    hadi: Viewer, keeper: Role, archive: Section
) -> None:
    seat = services.assign(user("amal"), section=archive, role=keeper, by=hadi, reason="كتاب 12")
    entry = AuditEntry.objects.get(table_name="organisation_assignment", row_id=str(seat.pk))
    assert (entry.actor_id, entry.reason) == (hadi.user_id, "كتاب 12")
    assert OutboxEvent.objects.filter(name="organisation.SeatGiven").exists()


def test_the_same_seat_is_not_held_twice_at_a_time(
    hadi: Viewer, keeper: Role, archive: Section
) -> None:
    services.assign(
        user("amal"), section=archive, role=keeper, ends_on=today() + 5 * A_DAY, by=hadi
    )
    with pytest.raises(SeatTaken):
        services.assign(
            user("amal"), section=archive, role=keeper, starts_on=today() + 5 * A_DAY, by=hadi
        )
    services.assign(
        user("amal"), section=archive, role=keeper, starts_on=today() + 6 * A_DAY, by=hadi
    )


def test_what_cannot_be_right_is_refused(hadi: Viewer, keeper: Role, archive: Section) -> None:
    with pytest.raises(EndsBeforeItStarts):
        services.assign(
            user("amal"), section=archive, role=keeper, ends_on=today() - A_DAY, by=hadi
        )
    deactivate(user("amal"), by=hadi, reason="استقالة")
    with pytest.raises(AccountIsClosed):
        services.assign(user("amal"), section=archive, role=keeper, by=hadi)
    gis = selectors.section_by_code("gis")
    services.close_section(gis, on=today(), reason="دمج", by=hadi)
    gis.refresh_from_db()
    with pytest.raises(SectionIsClosed):
        services.assign(user("basel"), section=gis, role=keeper, by=hadi)
    with pytest.raises(RoleCodeTaken):
        services.define_role("holiday_keeper", name_ar="آخر", permissions=[], by=hadi)
    with pytest.raises(UnknownPermission):
        services.define_role("wizard", name_ar="ساحر", permissions=["magic.do"], by=hadi)


def test_a_seat_ends_once(hadi: Viewer, keeper: Role, archive: Section) -> None:
    seat = services.assign(
        user("amal"), section=archive, role=keeper, starts_on=date(2026, 1, 1), by=hadi
    )
    services.end_assignment(seat, by=hadi, reason="نقل")
    with pytest.raises(AlreadyOver):
        services.end_assignment(seat, by=hadi, reason="نقل")


def test_a_clerk_gives_no_seats(amal: Viewer, keeper: Role, archive: Section) -> None:
    with pytest.raises(NotPermitted):
        services.assign(user("amal"), section=archive, role=keeper, by=amal)


def test_a_closed_account_may_nothing(hadi: Viewer) -> None:
    deactivate(user("amal"), by=hadi, reason="استقالة")
    viewer = selectors.viewer_for(user("amal"))
    assert not viewer.permissions
    assert not viewer.seats


def test_a_leading_role_reaches_the_sections_beneath(hadi: Viewer) -> None:
    leader = services.define_role(
        "department_head",
        name_ar="مدير دائرة",
        permissions=["calendar.manage", selectors.LEAD_BENEATH],
        by=hadi,
    )
    planning = selectors.section_by_code("planning")
    services.assign(user("amal"), section=planning, role=leader, by=hadi)
    viewer = selectors.viewer_for(user("amal"))
    crafts = selectors.section_by_code("crafts")
    assert (crafts.pk, "department_head") in viewer.seats
    assert selectors.section_by_code("finance").pk not in viewer.sections
    assert user("amal") in selectors.who_may("calendar.manage", crafts)


def test_who_may_and_who_sits_there(hadi: Viewer, keeper: Role, archive: Section) -> None:
    services.assign(user("karim"), section=archive, role=keeper, by=hadi)
    assert list(selectors.staff_of(archive)) == [user("karim")]
    assert list(selectors.who_may("calendar.manage", archive)) == [user("karim")]
    assert list(selectors.holders_of("holiday_keeper", archive)) == [user("karim")]
    assert not selectors.who_may("calendar.manage", selectors.section_by_code("gis")).exists()


def test_the_database_itself_refuses_the_second_seat(
    hadi: Viewer, keeper: Role, archive: Section
) -> None:
    facts = {
        "user": user("amal"),
        "section": archive,
        "role": keeper,
        "starts_on": date(2026, 1, 1),
    }
    with recorded(by=hadi):
        Assignment.objects.create(**facts)
    with pytest.raises(Exception, match="organisation_assignment_once"), recorded(by=hadi):
        Assignment.objects.create(**facts)
