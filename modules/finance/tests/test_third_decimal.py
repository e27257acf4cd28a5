"""A dinar has a thousand fils: wherever an amount in dinars is told, its third decimal is told."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import Method, SpendingKind
from modules.finance.models import Account, Cheque, Receipt, Spending
from modules.finance.services.cheques.taking import NewCheque, take_cheques
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.receiving import receive
from modules.finance.services.sessions import Count, close_session
from modules.finance.services.spending.asking import AskedLine, request_spending
from modules.finance.services.vouchers import HandLine, post_voucher
from modules.finance.tests.factories import HOUSE, owes, person, rate, session_of, staff

OWED, PAID = "12.345", "7.345"
WHOLE = ("12.345", "7.345", "5.000")
# The same sums cut or rounded to two decimals, not followed by another digit.
SHORT = re.compile(r"(?<![\d.,])(?:12\.3[45]|7\.3[45])(?!\d)")


class Town:
    """What was done in dinars."""

    nour: object
    receipt: Receipt
    entry: object
    cheque: Cheque
    spending: Spending
    session: object


@pytest.fixture
def dinars(karim: Viewer) -> Town:
    """Nour owes 12.345 dinars, pays 7.345 of them, and the same sums pass through every other book."""
    made = Town()
    rate("JOD", "5.2137", on=date(today().year, 1, 1))
    rate("JOD", "5.2137")
    nour = person()
    due = owes(nour, money(OWED, "JOD"), kind="finance.rent", description="إيجار")
    made.session = session_of(karim)
    made.receipt = receive(
        Payment(
            party_id=nour.pk,
            payer_name=nour.full_name,
            tenders=(Tender(method=Method.CASH, amount=money(PAID, "JOD")),),
            charge_ids=(due.pk,),
        ),
        by=karim,
    )
    other = person("سلمى")
    planned = owes(other, money(OWED, "JOD"), kind="finance.rent")
    taken = take_cheques(
        party_id=other.pk,
        drawer=other.full_name,
        cheques=[
            NewCheque(
                number="771",
                bank="البنك",
                amount=money(OWED, "JOD"),
                dated_on=today() + timedelta(days=20),
            )
        ],
        charge_ids=[planned.pk],
        by=HOUSE,
    )
    (made.cheque,) = taken.cheques
    made.entry = post_voucher(
        on=today(),
        description="تبرع بالدينار",
        currency="JOD",
        lines=[
            HandLine(account=Account.objects.get(code="1121"), debit=Decimal(OWED)),
            HandLine(account=Account.objects.get(code="471"), credit=Decimal(OWED)),
        ],
        by=HOUSE,
    )
    made.spending = request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=person("مورد").pk,
        purpose="قطع",
        lines=[AskedLine(account=Account.objects.get(code="52"), amount=money(OWED, "JOD"))],
        by=HOUSE,
    )
    made.nour = nour
    return made


def test_every_page_tells_the_fils(dinars: Town, client_for: Callable[..., Client]) -> None:
    staff("muna", "finance_manager")
    browser = client_for("muna")
    year = f"since={date(today().year, 1, 1)}&until={today()}"
    nour, cheque = dinars.nour, dinars.cheque
    pages = [
        reverse("finance:receipt", args=[dinars.receipt.uid]),
        reverse("finance:receipts"),
        reverse("finance:charges"),
        reverse("finance:statement", args=[nour.uid]),  # type: ignore[attr-defined]
        reverse("finance:trial-balance"),
        f"{reverse('finance:ledger', args=['1121'])}?{year}",
        reverse("finance:entry", args=[dinars.entry.uid]),  # type: ignore[attr-defined]
        reverse("finance:journal-plain"),
        reverse("finance:day-book"),
        reverse("finance:by-kind"),
        reverse("finance:ageing"),
        reverse("finance:cheques"),
        reverse("finance:cheque", args=[cheque.uid]),
        reverse("finance:cheque-calendar"),
        reverse("finance:cheque-safe"),
        reverse("finance:spendings"),
        reverse("finance:spending", args=[dinars.spending.uid]),
        reverse("finance:session", args=[dinars.session.uid]),  # type: ignore[attr-defined]
        reverse("people:person", args=[nour.uid]),  # type: ignore[attr-defined]
    ]
    for where in pages:
        answer = browser.get(where)
        assert answer.status_code == 200, where
        tells_fils(body_of(answer).decode(), where)


def test_every_report_tells_the_fils_on_the_page_in_excel_and_on_paper(
    dinars: Town, client_for: Callable[..., Client]
) -> None:
    staff("muna", "finance_manager")
    browser = client_for("muna")
    listed = browser.get(reverse("finance:reports")).content.decode()
    reports = sorted(set(re.findall(r'href="(/finance/reports/[a-z-]+)', listed)))
    assert reports
    told = 0
    for where in reports:
        told += _shown(browser.get(where).content.decode(), where)
        for form in ("xlsx", "pdf"):
            answer = browser.get(f"{where}?as={form}")
            body = body_of(answer)
            if form == "pdf" and body.startswith(b"%PDF"):
                _shown(text_of(body), f"{where} as PDF")
            elif body.startswith(b"PK"):
                _exact_in_excel(body, where)
    assert told >= 3


def test_papers_tell_the_fils(dinars: Town, client_for: Callable[..., Client]) -> None:
    staff("muna", "finance_manager")
    browser = client_for("muna")
    since, until = date(today().year, 1, 1).isoformat(), today().isoformat()
    receipt = browser.get(reverse("finance:receipt-paper", args=[dinars.receipt.uid]))
    voucher = browser.get(reverse("finance:voucher-paper", args=[dinars.entry.uid]))  # type: ignore[attr-defined]
    statement = browser.post(
        reverse("finance:statement-paper", args=[dinars.nour.uid]),  # type: ignore[attr-defined]
        {"since": since, "until": until},
    )
    for name, paper in (("receipt", receipt), ("voucher", voucher), ("statement", statement)):
        tells_fils(text_of(paper.content), name)


def test_the_closing_of_a_session_counts_in_fils(
    dinars: Town, karim: Viewer, client_for: Callable[..., Client]
) -> None:
    staff("muna", "finance_manager")
    session = dinars.session
    counts = [Count(method=Method.CASH, counted=money(PAID, "JOD"))]
    close_session(session, counts=counts, by=karim)  # type: ignore[arg-type]
    browser = client_for("muna")
    where = reverse("finance:session", args=[session.uid])  # type: ignore[attr-defined]
    tells_fils(browser.get(where).content.decode(), where)
    paper = browser.get(reverse("finance:session-paper", args=[session.uid]))  # type: ignore[attr-defined]
    tells_fils(text_of(paper.content), "closing sheet")


def test_the_edge_tells_the_fils(dinars: Town, api_for: Callable[..., Client]) -> None:
    staff("muna", "finance_manager")
    browser = api_for("muna")
    nour = dinars.nour.uid  # type: ignore[attr-defined]
    since, until = date(today().year, 1, 1).isoformat(), today().isoformat()
    for where in (
        f"dues?party={nour}",
        f"charges?party={nour}",
        f"receipts/{dinars.receipt.uid}",
        f"statements?party={nour}&since={since}&until={until}",
        f"cheques/{dinars.cheque.uid}",
        f"spending/{dinars.spending.uid}",
    ):
        answer = browser.get(f"/api/v1/{where}")
        assert answer.status_code == 200, where
        tells_fils(answer.content.decode(), where)


def tells_fils(text: str, where: str) -> None:
    assert _shown(text, where), f"{where} tells no dinars at all"


def _shown(text: str, where: str) -> bool:
    cut = SHORT.search(text)
    assert cut is None, f"{where}: {text[max(0, cut.start() - 80) : cut.end() + 40]}"
    return any(one in text for one in WHOLE)


def body_of(answer) -> bytes:  # type: ignore[no-untyped-def]
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def text_of(paper: bytes) -> str:
    document = pypdfium2.PdfDocument(paper)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def _exact_in_excel(body: bytes, where: str) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    for name in book.sheet_names:
        for row in book.get_sheet_by_name(name).to_python():
            for cell in row:
                if isinstance(cell, float):
                    assert round(cell, 3) not in {12.34, 12.35, 7.34, 7.35}, where


def test_a_sheet_says_each_amounts_currency_and_shows_its_decimals(
    dinars: Town, client_for: Callable[..., Client]
) -> None:
    """A list of dues in several currencies says which is which, also in the sheet; 5.000 dinars are not 5.00."""
    staff("muna", "finance_manager")
    owes(dinars.nour, "85")  # type: ignore[arg-type]
    body = body_of(client_for("muna").get(reverse("finance:charges") + "?export=xlsx"))
    heading, *rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    )
    at = heading.index("العملة")
    assert {row[at] for row in rows} == {"JOD", "ILS"}
    formats = zipfile.ZipFile(io.BytesIO(body)).read("xl/styles.xml").decode()
    assert 'formatCode="#,##0.000"' in formats
