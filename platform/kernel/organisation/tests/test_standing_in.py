"""Using another's seats: delegation and absence, by dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kernel.calendar.selectors import today
from kernel.errors import NotPermitted, NotVisible
from kernel.events.models import OutboxEvent
from kernel.identity.models import User
from kernel.identity.services import deactivate
from kernel.organisation import selectors, services
from kernel.organisation.errors import (
    AccountIsClosed,
    AlreadyAbsent,
    AlreadyOver,
    DelegationNeedsReason,
    DelegationTooLong,
    EndsBeforeItStarts,
    NothingToDelegate,
    ToOneself,
)
from kernel.organisation.models import Role
from kernel.viewer import Viewer

A_DAY = timedelta(days=1)


def user(username: str) -> User:
    return User.objects.get(username=username)


@pytest.fixture
def keeper(hadi: Viewer) -> Role:
    """Basel keeps the calendar, at planning and at the archive."""
    role = services.define_role(
        "holiday_keeper", name_ar="أمين التقويم", permissions=["calendar.manage"], by=hadi
    )
    for code in ("planning", "archive"):
        services.assign(user("basel"), section=selectors.section_by_code(code), role=role, by=hadi)
    return role


def lend(by: Viewer, **more: Any) -> Any:
    facts = {
        "from_user": user("basel"),
        "to_user": user("amal"),
        "starts_on": today(),
        "ends_on": today() + 2 * A_DAY,
        "reason": "إجازة سنوية",
        **more,
    }
    return services.delegate(by=by, **facts)


def test_lent_seats_count_on_their_days_only(basel: Viewer, keeper: Role) -> None:
    lend(basel, starts_on=today() + A_DAY, ends_on=today() + 2 * A_DAY)
    days = [today() + ahead * A_DAY for ahead in range(4)]
    held = [selectors.viewer_for(user("amal"), on=day).may("calendar.manage") for day in days]
    assert held == [False, True, True, False]


def test_it_is_known_in_whose_name_somebody_acts(basel: Viewer, keeper: Role) -> None:
    lend(basel)
    viewer = selectors.viewer_for(user("amal"))
    assert viewer.stands_in_for == {user("basel").pk}
    assert viewer.on_behalf_of is None
    in_his_name = selectors.viewer_for(user("amal"), on_behalf_of=user("basel").pk)
    assert in_his_name.on_behalf_of == user("basel").pk
    assert "service_clerk" not in in_his_name.roles
    assert in_his_name.may("calendar.manage")


def test_acting_in_a_name_that_was_not_lent_gives_nothing(amal: Viewer, keeper: Role) -> None:
    viewer = selectors.viewer_for(user("amal"), on_behalf_of=user("basel").pk)
    assert not viewer.permissions
    assert viewer.on_behalf_of is None


def test_a_delegation_may_be_limited_to_a_section(basel: Viewer, keeper: Role) -> None:
    archive = selectors.section_by_code("archive")
    lend(basel, section=archive)
    viewer = selectors.viewer_for(user("amal"))
    assert (archive.pk, "holiday_keeper") in viewer.seats
    assert selectors.section_by_code("planning").pk not in viewer.sections
    assert user("amal") in selectors.who_may("calendar.manage", archive)
    assert user("amal") not in selectors.who_may(
        "calendar.manage", selectors.section_by_code("planning")
    )


def test_what_was_lent_cannot_be_lent_on(basel: Viewer, amal: Viewer, keeper: Role) -> None:
    lend(basel)
    lend(amal, from_user=user("amal"), to_user=user("karim"))
    assert not selectors.viewer_for(user("karim")).may("calendar.manage")
    with pytest.raises(NothingToDelegate):
        lend(amal, from_user=user("amal"), to_user=user("karim"), role=keeper)


def test_a_revoked_delegation_ends_at_once(basel: Viewer, keeper: Role) -> None:
    delegation = lend(basel)
    services.revoke_delegation(delegation, by=basel, reason="عاد")
    assert not selectors.viewer_for(user("amal")).may("calendar.manage")
    assert OutboxEvent.objects.filter(name="organisation.DelegationRevoked").exists()
    with pytest.raises(AlreadyOver):
        services.revoke_delegation(delegation, by=basel, reason="عاد")


def test_a_delegation_ends_with_the_giver_s_account(
    basel: Viewer, hadi: Viewer, keeper: Role
) -> None:
    lend(basel)
    deactivate(user("basel"), by=hadi, reason="استقالة")
    assert not selectors.viewer_for(user("amal")).may("calendar.manage")


def test_a_delegation_is_no_longer_than_the_policy_says(basel: Viewer, keeper: Role) -> None:
    lend(basel, ends_on=today() + 29 * A_DAY, max_days=30)
    with pytest.raises(DelegationTooLong) as refused:
        lend(basel, ends_on=today() + 30 * A_DAY, max_days=30)
    assert refused.value.facts == {"most": 30, "days": 31}


def test_a_delegation_that_makes_no_sense_is_refused(
    basel: Viewer, hadi: Viewer, keeper: Role
) -> None:
    with pytest.raises(ToOneself):
        lend(basel, to_user=user("basel"))
    with pytest.raises(DelegationNeedsReason):
        lend(basel, reason=" ")
    with pytest.raises(EndsBeforeItStarts):
        lend(basel, ends_on=today() - A_DAY)
    deactivate(user("amal"), by=hadi, reason="استقالة")
    with pytest.raises(AccountIsClosed):
        lend(basel)


def test_nobody_lends_another_s_seats(amal: Viewer, hadi: Viewer, keeper: Role) -> None:
    with pytest.raises(NotPermitted):
        lend(amal)
    lend(hadi)


def test_a_substitute_has_the_seats_while_the_other_is_away(
    basel: Viewer, hadi: Viewer, keeper: Role, count_queries: Callable[[], Any]
) -> None:
    absence = services.declare_absence(
        user("basel"),
        starts_on=today(),
        ends_on=today() + A_DAY,
        substitute=user("amal"),
        by=hadi,
    )
    account = user("amal")
    today()
    with count_queries() as seen:
        viewer = selectors.viewer_for(account)
    assert len(seen) == 2
    assert viewer.may("calendar.manage")
    assert viewer.stands_in_for == {user("basel").pk}
    assert account in selectors.who_may("calendar.manage", selectors.section_by_code("archive"))
    assert not selectors.viewer_for(account, on=today() + 2 * A_DAY).may("calendar.manage")
    services.cancel_absence(absence, by=basel)
    assert not selectors.viewer_for(account).may("calendar.manage")


def test_one_declares_one_s_own_absence_but_names_no_substitute(basel: Viewer) -> None:
    services.declare_absence(user("basel"), starts_on=today(), ends_on=today(), by=basel)
    with pytest.raises(AlreadyAbsent):
        services.declare_absence(user("basel"), starts_on=today(), ends_on=today(), by=basel)
    with pytest.raises(NotPermitted):
        services.declare_absence(
            user("basel"),
            starts_on=today() + A_DAY,
            ends_on=today() + A_DAY,
            substitute=user("amal"),
            by=basel,
        )


def test_delegations_are_seen_by_those_concerned(
    basel: Viewer, amal: Viewer, karim: Viewer, hadi: Viewer, keeper: Role
) -> None:
    delegation = lend(basel)
    for viewer in (basel, amal, hadi):
        assert selectors.delegation_for(viewer, delegation.uid) == delegation
    with pytest.raises(NotVisible):
        selectors.delegation_for(karim, delegation.uid)
