"""Sealed days, and warnings by the clock of law 1/1997, article 27."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance import closing_papers
from modules.finance.constants import Method, Service
from modules.finance.errors.closings import (
    DayAlreadyClosed,
    DayHasOpenSession,
    GraceNotOver,
    NothingToWarnOf,
    WarningMoveNotAllowed,
)
from modules.finance.models import CashSession, DayClosing, Warning
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.warnings import to_warn
from modules.finance.services.closing_day import close_day
from modules.finance.services.sessions import Count, close_session
from modules.finance.services.warning import (
    enforce_warning,
    review_warnings,
    serve_warning,
    write_warning,
)
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from modules.finance.tests.test_guards import refused, sql


@pytest.fixture
def counted(town: str) -> Viewer:
    """A cashier took 60.00 today and counted it."""
    cashier = staff("karim", "cashier")
    session = session_of(cashier)
    nour = person()
    owes(nour, "60")
    pays(nour, "60", by=cashier)
    close_session(session, counts=[Count(method=Method.CASH, counted=money("60"))], by=cashier)
    return cashier


def test_a_closed_day_holds_its_figures_and_is_sealed_to_the_day_before(counted: Viewer) -> None:
    before = close_day(today() - timedelta(days=1), by=HOUSE)
    closing = close_day(today(), by=HOUSE)
    (taken,) = closing.contents["taken"]
    assert (taken["amount"], taken["count"]) == ("60.000", 1)
    assert (closing.previous, before.previous) == (before.seal, "")
    assert len(closing.seal) == 64
    assert faults(HOUSE) == []


def test_the_pack_prints_both_seals_whole_so_that_a_reader_can_follow_the_chain(
    counted: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a seal proves nothing; and receipts 1 to 9 are not “9-1”, as a range turns between Arabic words."""
    before = close_day(today() - timedelta(days=1), by=HOUSE)
    closing = close_day(today(), by=HOUSE)
    told: dict[str, Any] = {}
    monkeypatch.setattr(closing_papers, "render_pdf", lambda _kind, data: told.update(data) or b"")
    closing_papers.day_pack(closing)
    assert [
        seal in note for seal, note in zip((closing.seal, before.seal), told["notes"], strict=True)
    ] == [True, True]
    assert told["filters"] == [["سندات الصندوق 01", "من 1 إلى 1، عددها 1"]]


def test_no_box_is_opened_on_a_closed_day(counted: Viewer) -> None:
    close_day(today(), by=HOUSE)
    with pytest.raises(DayAlreadyClosed):
        session_of(counted)
    with pytest.raises(DayAlreadyClosed):
        close_day(today(), by=HOUSE)
    with refused("BA002"):
        sql("UPDATE finance_dayclosing SET seal = ''")


def test_a_day_is_not_closed_before_every_box_is_counted(town: str) -> None:
    session_of(staff("karim", "cashier"))
    assert CashSession.objects.count() == 1
    with pytest.raises(DayHasOpenSession):
        close_day(today(), by=HOUSE)


def test_a_seal_that_was_tampered_with_is_found(counted: Viewer) -> None:
    close_day(today(), by=HOUSE)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE finance_dayclosing DISABLE TRIGGER USER")
    sql("""UPDATE finance_dayclosing SET contents = '{"taken": []}'""")
    assert [one.proof for one in faults(HOUSE)] == ["days_are_sealed"]


def test_the_clock_of_article_27(town: str) -> None:
    cashier, nour = staff("karim", "cashier"), person()
    owes(nour, "100", due_on=today() - timedelta(days=14))
    with pytest.raises(NothingToWarnOf):
        write_warning(nour.pk, by=HOUSE)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        assert [one.name for one in to_warn(HOUSE, on=today())] == [nour.full_name]
        warning = write_warning(nour.pk, by=HOUSE)
        assert (warning.totals, to_warn(HOUSE, on=today())) == ({"ILS": "100.000"}, [])
        with pytest.raises(WarningMoveNotAllowed):
            enforce_warning(warning, note="تنفيذ", by=HOUSE)
        serve_warning(warning, how=Service.IN_PERSON, on=today(), receiver="نور", by=HOUSE)
        warning.refresh_from_db()
        with pytest.raises(GraceNotOver):
            enforce_warning(warning, note="تنفيذ", by=HOUSE)
    with time_machine.travel(timezone.now() + timedelta(days=17), tick=True):
        enforce_warning(warning, note="تنفيذ", by=HOUSE)
    warning.refresh_from_db()
    assert warning.state == "enforced"
    assert cashier.user_id


def test_a_warning_ends_when_its_dues_are_paid(town: str) -> None:
    cashier, nour = staff("karim", "cashier"), person()
    session_of(cashier)
    owes(nour, "100", due_on=today() - timedelta(days=40))
    write_warning(nour.pk, by=HOUSE)
    assert review_warnings(by=HOUSE) == 0
    pays(nour, "100", by=cashier)
    assert review_warnings(by=HOUSE) == 1
    assert Warning.objects.get().state == "lapsed"


def test_the_pages_of_days_and_warnings(counted: Viewer, client_for: Callable[..., Client]) -> None:
    nour = person()
    owes(nour, "100", due_on=today() - timedelta(days=40))
    staff("fadi", "finance_manager")
    fadi = client_for("fadi")
    assert fadi.get(reverse("finance:closings")).status_code == 200
    closed = fadi.post(reverse("finance:closings"), {"on": f"{today():%d/%m/%Y}"})
    assert closed.status_code == 302, closed.content.decode()[-2000:]
    closing = DayClosing.objects.get()
    pack = fadi.get(reverse("finance:closing-paper", args=[closing.uid]))
    assert pack.content.startswith(b"%PDF")
    assert fadi.get(reverse("finance:closings")).status_code == 200
    assert nour.full_name in fadi.get(reverse("finance:warning-new")).content.decode()
    fadi.post(reverse("finance:warning-new"), {"parties": [str(nour.uid)]})
    warning = Warning.objects.get()
    assert fadi.get(reverse("finance:warnings")).status_code == 200
    assert fadi.get(reverse("finance:warning", args=[warning.uid])).status_code == 200
    served = fadi.post(
        reverse("finance:warning-move", args=[warning.uid, "served"]),
        {"how": "in_person", "on": f"{today():%d/%m/%Y}", "receiver": "نور"},
    )
    assert served.status_code == 302, served.content.decode()[-2000:]
    paper = fadi.get(reverse("finance:warning-paper", args=[warning.uid]))
    assert paper.content.startswith(b"%PDF")
