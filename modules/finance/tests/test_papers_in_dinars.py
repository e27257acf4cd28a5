"""Every print of a municipality that keeps its books in dinars: the fils in figures and in words, on every paper."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import Money, money
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.constants import BounceReason, Method, PayWay, SpendingKind
from modules.finance.models import Account, Cheque
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import deposit_cheques
from modules.finance.services.closing_day import close_day
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.planning import Terms, agree_plan
from modules.finance.services.receiving import receive
from modules.finance.services.sessions import Count, close_session
from modules.finance.services.spending.approving import approve_spending, enter_invoice
from modules.finance.services.spending.asking import AskedLine, commit_spending, request_spending
from modules.finance.services.spending.paying import PaidBy, pay_out
from modules.finance.services.vouchers import HandLine, post_voucher
from modules.finance.services.warning import write_warning
from modules.finance.tests.factories import HOUSE, cash, owes, pays, person, rate, session_of, staff
from modules.finance.tests.test_third_decimal import text_of


@dataclass
class Papers:
    """Where each print of the town is asked for; with `posted` by a form."""

    got: dict[str, str] = field(default_factory=dict)
    posted: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)


def jod(amount: str) -> Money:
    return money(amount, "JOD")


@pytest.fixture
def papers(town: str, karim: Viewer) -> Papers:
    """Nour's rent of 12.345 and what becomes of it; everything at once, in the currency of the books."""
    set_value("FIN-04.base", "JOD", starts_on=today(), resolution="1", by=HOUSE)
    rate("ILS", "0.192")
    muna = staff("muna", "finance_manager")
    mayor = staff("rais", "payment_authority")
    made, nour, salma = Papers(), person(), person("سلمى")
    session = session_of(karim)
    rent = owes(
        nour, jod("12.345"), kind="finance.rent", due_on=today() - timedelta(days=60), description="إيجار"
    )  # fmt: skip
    receipt = receive(
        Payment(
            party_id=nour.pk,
            payer_name=nour.full_name,
            tenders=(cash(jod("2.345")),),
            charge_ids=(rent.pk,),
        ),
        by=karim,
    )
    made.got["receipt"] = reverse("finance:receipt-paper", args=[receipt.uid])
    voucher = post_voucher(
        on=today(),
        description="تبرع",
        currency="JOD",
        lines=[
            HandLine(account=Account.objects.get(code="1121"), debit=Decimal("12.345")),
            HandLine(account=Account.objects.get(code="471"), credit=Decimal("12.345")),
        ],
        by=HOUSE,
    )
    made.got["journal voucher"] = reverse("finance:voucher-paper", args=[voucher.uid])
    spending = request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=person("مورد").pk,
        purpose="قرطاسية",
        lines=[AskedLine(account=Account.objects.get(code="52"), amount=jod("12.345"))],
        by=HOUSE,
    )
    commit_spending(spending, by=HOUSE)
    enter_invoice(spending, reference="F-1", by=HOUSE)
    approve_spending(spending, by=mayor)
    pay_out(spending, PaidBy(way=PayWay.TRANSFER, reference="T-1"), by=muna)
    made.got["payment voucher"] = reverse("finance:spending-paper", args=[spending.uid])
    due = owes(salma, jod("12.345"), kind="finance.rent")
    tender = Tender(
        method=Method.CHEQUE, amount=jod("12.345"), reference="77", bank="البنك", dated_on=today()
    )
    receive(
        Payment(
            party_id=salma.pk, payer_name=salma.full_name, tenders=(tender,), charge_ids=(due.pk,)
        ),
        by=karim,
    )
    cheque = Cheque.objects.get(number="77")
    slip = deposit_cheques([cheque], by=HOUSE).slip
    made.got["deposit slip"] = reverse("finance:deposit-slip", args=[slip])
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)
    made.got["bounce letter"] = reverse("finance:cheque-paper", args=[cheque.uid, "letter"])
    split = owes(nour, jod("250.005"), kind="finance.rent")
    pays(nour, jod("50.005"), by=karim, charges=[split])
    plan = agree_plan(
        party_id=nour.pk,
        charge_ids=[split.pk],
        terms=Terms(count=3, first_on=today() + timedelta(days=30)),
        by=HOUSE,
    )
    made.got["instalment agreement"] = reverse("finance:plan-paper", args=[plan.uid])
    warning = write_warning(nour.pk, by=HOUSE)
    made.got["warning"] = reverse("finance:warning-paper", args=[warning.uid])
    counted = [Count(method=Method.CASH, counted=jod("52.350"))]
    close_session(session, counts=counted, by=karim)
    made.got["closing sheet"] = reverse("finance:session-paper", args=[session.uid])
    closing = close_day(today(), by=HOUSE)
    made.got["closing of the day"] = reverse("finance:closing-paper", args=[closing.uid])
    period = {"since": f"01/01/{today():%Y}", "until": f"{today():%d/%m/%Y}"}
    made.posted["statement"] = (reverse("finance:statement-paper", args=[nour.uid]), period)
    made.posted["demand notice"] = (reverse("finance:demand-paper", args=[nour.uid]), {})
    for code in ("trial-balance", "journal", "ageing", "day-book", "revenue"):
        made.got[f"report {code}"] = f"{reverse('finance:report', args=[code])}?as=pdf"
    return made


# An amount with one or two decimals and no third: it was cut, or is not told in dinars.
CUT = re.compile(r"(?<![\d.,/])\d[\d,]*\.\d{1,2}(?![\d.%])")
WITH_WORDS = {"receipt"}


def test_every_print_tells_dinars_to_the_fils(
    papers: Papers, client_for: Callable[..., Client]
) -> None:
    browser = client_for("muna")
    for name, where in papers.got.items():
        _judge(name, browser.get(where))
    for name, (where, form) in papers.posted.items():
        _judge(name, browser.post(where, form))


def _says_shekels(name: str, line: str) -> bool:
    """Reports name the currency of each row."""
    return "ILS" in line or (name.startswith("report") and "شيكل" in line)


def _judge(name: str, answer) -> None:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200, (name, answer.content[:300])
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert body.startswith(b"%PDF"), name
    if kept := os.environ.get("KEEP_PAPERS"):
        Path(kept, f"{name.replace(' ', '-')}.pdf").write_bytes(body)
    # The cost of a bounced cheque is set in shekels (FIN-06), in the letter and in the books.
    text = text_of(body).replace("20.00 شيكل", "")
    text = "\n".join(line for line in text.splitlines() if not _says_shekels(name, line))
    cut = CUT.search(text)
    assert cut is None, f"{name}: {text[max(0, cut.start() - 60) : cut.end() + 40]}"
    assert "5" in text, f"{name} tells no amount"
    assert "شيكل" not in text, f"{name} speaks of shekels"
    if name in WITH_WORDS:
        assert "دينار" in text, name
        assert "فلس" in text, name
