"""Karim sits down at a box that does not hold what the books say: he says why, and it is never lost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.closing_papers import day_pack
from modules.finance.constants import Method
from modules.finance.errors import FloatNeedsReason
from modules.finance.models import CashBox, CashSession
from modules.finance.papers import closing_sheet
from modules.finance.selectors.cash import opening_differences
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.closing_day import close_day
from modules.finance.services.sessions import Count, close_session, open_session
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of
from modules.finance.tests.test_guards import refused, sql

WHY = "فكة من خزنة المدير المالي"


@pytest.fixture
def box(karim: Viewer) -> CashBox:
    """The main box, in which 60.00 were received and counted."""
    nour = person()
    owes(nour, "60")
    session = session_of(karim)
    pays(nour, "60", by=karim)
    close_session(session, counts=[Count(method=Method.CASH, counted=money("60"))], by=karim)
    return session.box


def sits_down(karim: Viewer, box: CashBox, reason: str = "", **floats: str) -> CashSession:
    return open_session(
        box,
        opening_float={one: Decimal(amount) for one, amount in floats.items()},
        reason=reason,
        by=karim,
    )


@pytest.mark.parametrize(
    ("floats", "books", "counted"),
    [
        ({}, "60.00", "0.00"),
        ({"ILS": "59.99"}, "60.00", "59.99"),
        ({"ILS": "60.01"}, "60.00", "60.01"),
        ({"ILS": "60", "JOD": "0.005"}, "0.000", "0.005"),
    ],
)
def test_another_float_than_the_books_is_asked_about(
    karim: Viewer, box: CashBox, floats: dict[str, str], books: str, counted: str
) -> None:
    with pytest.raises(FloatNeedsReason) as caught:
        sits_down(karim, box, reason="  ", **floats)
    assert books in str(caught.value) and counted in str(caught.value)
    assert not CashSession.objects.filter(closed_at=None).exists()


def test_the_float_of_the_books_needs_no_reason_and_keeps_none(karim: Viewer, box: CashBox) -> None:
    session = sits_down(karim, box, ILS="60.000", reason=WHY)
    assert (session.opening_reason, session.opening_books) == ("", {"ILS": "60.000"})
    assert opening_differences(session.opening_float, session.opening_books) == []


def test_the_reason_is_kept_and_on_the_trail(karim: Viewer, box: CashBox) -> None:
    session = sits_down(karim, box, ILS="260", reason=WHY)
    assert session.opening_reason == WHY
    (off,) = opening_differences(session.opening_float, session.opening_books)
    assert (off.currency, off.books, off.counted, off.off) == ("ILS", 60, 260, 200)
    row = AuditEntry.objects.get(table_name="finance_cashsession", row_id=str(session.pk))
    assert row.after["opening_reason"] == WHY and row.reason == WHY
    with refused("BA039"):
        sql("UPDATE finance_cashsession SET opening_reason = 'x' WHERE id = %s", session.pk)


def test_a_session_that_began_before_the_books_were_kept_is_left_alone() -> None:
    assert opening_differences({"ILS": "5"}, None) == []


def test_the_database_takes_no_float_without_a_reason(karim: Viewer, box: CashBox) -> None:
    facts = {
        "box": box,
        "cashier_id": karim.user_id,
        "on_date": today(),
        "opened_at": timezone.now(),
        "opening_books": {"ILS": "60.000"},
    }
    with (
        pytest.raises(DatabaseError, match="not what its books say"),
        transaction.atomic(),
        recorded(by=HOUSE),
    ):
        CashSession.objects.create(opening_float={"ILS": "61"}, **facts)
    with recorded(by=HOUSE):
        CashSession.objects.create(opening_float={"ILS": "60"}, **facts)


def test_the_pack_the_sheet_and_the_report_say_it(karim: Viewer, box: CashBox) -> None:
    rate("JOD", "5.2")
    session = sits_down(karim, box, ILS="55", JOD="1.005", reason=WHY)
    counts = [
        Count(method=Method.CASH, counted=money(amount, currency))
        for amount, currency in (("55", "ILS"), ("1.005", "JOD"))
    ]
    close_session(session, counts=counts, by=karim)
    table = REPORTS["over-short"].table(HOUSE, today(), today())
    said = [row[3:] for row in table.rows]
    assert said == [
        ("opening", "cash", "ILS", 60, 55, -5, WHY),
        ("opening", "cash", "JOD", 0, Decimal("1.005"), Decimal("1.005"), WHY),
    ]
    assert closing_sheet(session, by=HOUSE).startswith(b"%PDF")
    closing = close_day(today(), by=HOUSE)
    assert [(one["books"], one["counted"]) for one in closing.contents["openings"]] == [
        ("60.000", "55.00"),
        ("0", "1.005"),
    ]
    assert closing.contents["openings"][0]["reason"] == WHY
    assert day_pack(closing).startswith(b"%PDF")


def test_a_sealed_day_without_openings_still_prints(karim: Viewer) -> None:
    closing = close_day(today(), by=HOUSE)
    del closing.contents["openings"]
    assert day_pack(closing).startswith(b"%PDF")


def test_the_page_asks_and_keeps_what_was_typed(
    karim: Viewer, box: CashBox, client_for: Callable[..., Client]
) -> None:
    browser, page = client_for("karim"), reverse("finance:session-open")
    typed = {"box": str(box.pk), "float_ILS": "57.50"}
    asked = browser.post(page, typed)
    words = asked.content.decode()
    assert asked.status_code == 422
    assert 'value="57.50"' in words and "60.00" in words
    opened = browser.post(page, {**typed, "reason": WHY})
    assert opened.status_code == 302
    session = CashSession.objects.get(closed_at=None)
    shown = browser.get(reverse("finance:session", args=[session.uid])).content.decode()
    assert WHY in shown and "2.50" in shown


def test_a_programme_is_asked_too(
    karim: Viewer, box: CashBox, api_for: Callable[..., Client]
) -> None:
    client, url = api_for("karim"), "/api/v1/cash-sessions"
    asked = client.post(
        url, {"box": "01"}, content_type="application/json", headers={"Idempotency-Key": "a"}
    )
    assert asked.status_code == 422 and asked.json()["code"] == "float_needs_reason"
    opened = client.post(
        url,
        {"box": "01", "reason": WHY},
        content_type="application/json",
        headers={"Idempotency-Key": "b"},
    )
    assert opened.status_code == 201, opened.content
    said = opened.json()
    assert (said["opening_reason"], said["opening_books"], said["opening_float"]) == (
        WHY,
        {"ILS": "60.000"},
        {},
    )
