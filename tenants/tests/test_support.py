"""A visit of the platform's support: asked for, approved, seen by all, and over by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from kernel.errors import InvalidInput, NotPermitted, NotVisible
from kernel.identity.models import User
from kernel.notifications.models import Notification
from kernel.organisation.selectors import viewer_for
from kernel.tenancy import HUB, use, use_shared
from kernel.viewer import Viewer
from tenants import support
from tenants.models import SupportAccess
from tenants.staging import NotServed, suspend

OPERATOR = Viewer(user_id=7, name="مشغّل", permissions=frozenset({"hub.manage_fleet"}))


def _asked() -> SupportAccess:
    with use(HUB):
        return support.ask("khanyounis", reason="خطأ في الطباعة", minutes=30, by=OPERATOR)


def _approved(hadi: Viewer) -> SupportAccess:
    access = _asked()
    support.decide(access.pk, approve=True, by=hadi)
    return access


def _path(access: SupportAccess) -> str:
    with use(HUB):
        return "/support/enter/" + support.ticket(access.pk, by=OPERATOR).rsplit("/", 1)[1]


def test_the_administrators_are_told_who_asks_and_why(hadi: Viewer) -> None:
    _asked()
    told = Notification.objects.get(user_id=hadi.user_id or 0, verb="support.asked")
    assert "خطأ في الطباعة" in told.text


def test_a_visit_needs_a_reason_a_bounded_time_and_the_right(town: str) -> None:
    with use(HUB):
        with pytest.raises(InvalidInput):
            support.ask("khanyounis", reason=" ", minutes=30, by=OPERATOR)
        with pytest.raises(InvalidInput):
            support.ask("khanyounis", reason="x", minutes=600, by=OPERATOR)
        with pytest.raises(NotPermitted):
            support.ask("khanyounis", reason="x", minutes=30, by=Viewer(user_id=1, name="x"))


def test_nobody_enters_before_the_municipality_approved(hadi: Viewer) -> None:
    access = _asked()
    with pytest.raises(support.NotOpen):
        _path(access)
    support.decide(access.pk, approve=False, by=hadi)
    with pytest.raises(support.NotOpen):
        _path(access)


def test_who_keeps_no_accounts_cannot_approve(amal: Viewer) -> None:
    access = _asked()
    with pytest.raises(NotPermitted):
        support.decide(access.pk, approve=True, by=amal)


def test_another_municipality_neither_sees_nor_answers_it(hadi: Viewer, other_town: str) -> None:
    access = _asked()
    with use(other_town):
        assert support.visits(other_town) == []
        administrator = Viewer(user_id=1, name="x", permissions=frozenset({"identity.manage"}))
        with pytest.raises(NotVisible):
            support.decide(access.pk, approve=True, by=administrator)


def test_it_is_answered_once(hadi: Viewer) -> None:
    access = _approved(hadi)
    with pytest.raises(support.AlreadyDecided):
        support.decide(access.pk, approve=False, by=hadi)


def test_an_approved_visit_enters_looks_and_changes_nothing(hadi: Viewer) -> None:
    access = _approved(hadi)
    visitor = Client(HTTP_HOST="khanyounis.test")
    assert visitor.get(_path(access)).status_code == 302
    page = visitor.get("/")
    assert page.status_code == 200
    assert "data-support-until" in page.content.decode()
    assert visitor.post("/settings/support/1/approve").status_code == 403
    with use_shared():
        assert SupportAccess.objects.get(pk=access.pk).entered_at is not None


def test_the_trail_of_the_municipality_tells_of_the_account_and_why(hadi: Viewer) -> None:
    access = _approved(hadi)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE table_name = 'identity_user'")
        assert cursor.fetchone()[0] >= 1
    user = User.objects.get(username=f"support-{access.pk}")
    assert not user.has_usable_password()
    assert "identity.manage" not in viewer_for(user).permissions


def test_a_ticket_is_worth_nothing_in_another_municipality(hadi: Viewer) -> None:
    path = _path(_approved(hadi))
    assert Client(HTTP_HOST="nablus.test").get(path).status_code == 409


def test_only_who_asked_gets_the_ticket(hadi: Viewer) -> None:
    access = _approved(hadi)
    other = Viewer(user_id=8, name="x", permissions=frozenset({"hub.manage_fleet"}))
    with use(HUB), pytest.raises(NotVisible):
        support.ticket(access.pk, by=other)


def test_the_visit_is_over_when_its_time_is(hadi: Viewer) -> None:
    access = _approved(hadi)
    visitor = Client(HTTP_HOST="khanyounis.test")
    visitor.get(_path(access))
    session = visitor.session
    session["support_until"] = (timezone.now() - timedelta(minutes=1)).isoformat()
    session.save()
    assert visitor.get("/").status_code == 409
    with use_shared():
        SupportAccess.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    with use(HUB):
        assert support.end_visits() == 1
        assert support.end_visits() == 0
    assert not User.objects.get(username=f"support-{access.pk}").is_active


def test_a_municipality_that_cannot_be_entered_keeps_no_other_visit_open(
    hadi: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _approved(hadi), _approved(hadi)
    really = support.end

    def end(number: int, **how: Any) -> None:
        if number == first.pk:
            raise DatabaseError("its tables are away")
        really(number, **how)

    monkeypatch.setattr(support, "end", end)
    with use_shared():
        SupportAccess.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    with use(HUB):
        assert support.end_visits() == 1
    with use_shared():
        ended = dict(SupportAccess.objects.values_list("pk", "ended_at"))
    assert ended[first.pk] is None
    assert ended[second.pk] is not None


def test_the_municipality_ends_a_visit_at_once(hadi: Viewer) -> None:
    access = _approved(hadi)
    visitor = Client(HTTP_HOST="khanyounis.test")
    visitor.get(_path(access))
    support.end(access.pk, by=hadi)
    assert visitor.get("/jobs/").status_code == 302


def test_a_suspended_municipality_is_not_visited(town: str) -> None:
    suspend("khanyounis")
    with use(HUB), pytest.raises(NotServed):
        support.ask("khanyounis", reason="x", minutes=30, by=OPERATOR)
