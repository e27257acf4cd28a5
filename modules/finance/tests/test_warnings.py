"""Warnings keep to days that can have been, and a due stands in one of them at a time; also for who writes at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.parties.models import Party
from kernel.policies.services import set_value
from modules.finance.constants import Service
from modules.finance.errors import ReasonMissing
from modules.finance.errors.closings import (
    ContestedOutOfTime,
    GraceNotOver,
    NothingToWarnOf,
    ServedOutOfTime,
)
from modules.finance.models import Warning
from modules.finance.services.warning import (
    contest_warning,
    deadline_of,
    enforce_warning,
    lapse_warning,
    serve_warning,
    write_warning,
)
from modules.finance.tests.factories import HOUSE, owes, person, staff
from modules.finance.tests.test_guards import refused, sql


@pytest.fixture
def nour(town: str) -> Party:
    return person()


@pytest.fixture
def warning(town: str, nour: Party) -> Warning:
    owes(nour, "100", due_on=today() - timedelta(days=40))
    return write_warning(nour.pk, by=HOUSE)


def _serve(warning: Warning, on: date) -> Warning:
    return serve_warning(warning, how=Service.IN_PERSON, on=on, receiver="نور", by=HOUSE)


def _step(warning: Warning, before: str, to: str, on: date) -> None:
    with recorded(by=HOUSE):
        sql(
            "INSERT INTO finance_step (uid, created_at, warning_id, from_state, to_state, on_date, holder, note, facts,"
            " taken_by_name) VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, '', '', '{}', '')",
            timezone.now(),
            warning.pk,
            before,
            to,
            on,
        )


def _later(days: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=True)


def test_it_is_served_between_the_day_it_was_written_and_today(warning: Warning) -> None:
    for day in (today() - timedelta(days=1), today() + timedelta(days=1)):
        with pytest.raises(ServedOutOfTime):
            _serve(warning, day)
        with refused("BA059"):
            _step(warning, "issued", "served", day)
    _serve(warning, today())
    assert deadline_of(warning) == today() + timedelta(days=15)


def test_the_last_day_is_that_of_the_policy_on_the_day_of_service(warning: Warning) -> None:
    _serve(warning, today())
    set_value("REV-07.grace_after_warning_days", 30, starts_on=today(), by=HOUSE)
    assert deadline_of(warning) == today() + timedelta(days=15)


def test_a_contest_comes_in_time_and_enforcement_after_it(warning: Warning) -> None:
    _serve(warning, today())
    served = today()
    with pytest.raises(ContestedOutOfTime):
        contest_warning(warning, on=served - timedelta(days=1), note="قضية 4", by=HOUSE)
    with _later(15):
        with pytest.raises(GraceNotOver):
            enforce_warning(warning, note="تنفيذ", by=HOUSE)
        with refused("BA059"):
            _step(warning, "served", "enforced", today())
    with _later(16):
        with pytest.raises(ContestedOutOfTime):
            contest_warning(warning, on=today(), note="قضية 4", by=HOUSE)
        with refused("BA059"):
            _step(warning, "served", "contested", today())
        with pytest.raises(ReasonMissing):
            contest_warning(warning, on=served + timedelta(days=15), note=" ", by=HOUSE)
        contest_warning(warning, on=served + timedelta(days=15), note="قضية 4", by=HOUSE)
        warning.refresh_from_db()
        assert (warning.state, warning.moved_on) == ("contested", served + timedelta(days=15))
        enforce_warning(warning, note="رُدّ الاعتراض", by=HOUSE)


def test_a_due_stands_in_one_warning_at_a_time(warning: Warning, nour: Party) -> None:
    with pytest.raises(NothingToWarnOf):
        write_warning(nour.pk, by=HOUSE)
    again = (
        "INSERT INTO finance_warning (uid, created_at, year, number, number_text, state, party_id, issued_on,"
        " charge_ids, dues, totals) SELECT gen_random_uuid(), now(), year, number + 1, 'x', '', party_id,"
        " issued_on, charge_ids, dues, totals FROM finance_warning WHERE id = %s"
    )
    with refused("BA059"):
        sql(again, warning.pk)
    lapse_warning(warning, note="كُتب خطأ", by=HOUSE)
    assert write_warning(nour.pk, by=HOUSE).charge_ids == warning.charge_ids


def test_the_page_says_why_a_day_is_refused(
    warning: Warning, client_for: Callable[..., Client]
) -> None:
    staff("fadi", "finance_manager")
    fadi = client_for("fadi")
    address = reverse("finance:warning-move", args=[warning.uid, "served"])
    yesterday = today() - timedelta(days=1)
    typed = {"how": "in_person", "on": f"{yesterday:%d/%m/%Y}", "receiver": "نور"}
    answer = fadi.post(address, typed)
    assert answer.status_code == 422
    assert f"{today():%d/%m/%Y}" in answer.content.decode()
    assert fadi.post(address, typed | {"on": f"{today():%d/%m/%Y}"}).status_code == 302
    contest = reverse("finance:warning-move", args=[warning.uid, "contested"])
    late = {"on": f"{today() + timedelta(days=16):%d/%m/%Y}", "reason": "قضية 4"}
    assert fadi.post(contest, late).status_code == 422
    assert fadi.post(contest, late | {"on": f"{today():%d/%m/%Y}"}).status_code == 302
