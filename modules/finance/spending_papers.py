"""The payment voucher (سند صرف), with the chain of signatures."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum
from django.utils import translation

from kernel.audit.recording import recorded
from kernel.money import currency_name, format_amount, in_words, money
from kernel.printing.models import IssuedDocument
from kernel.printing.services import issue_document, ltr
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, PayWay, SpendingState
from modules.finance.errors.spending import SpendingMoveNotAllowed
from modules.finance.models import Account, Line, Spending, Step


def payment_voucher(spending: Spending, *, by: Viewer) -> bytes:
    """Issued once for each time it was paid out. Refuses `SpendingMoveNotAllowed` before."""
    paid = spending.steps.filter(to_state=SpendingState.ISSUED).order_by("-id").first()
    if paid is None:
        state = SpendingState(spending.state).label
        raise SpendingMoveNotAllowed(number=spending.number_text, state=state)
    subject = f"spending_step:{paid.uid}"
    issued = IssuedDocument.objects.filter(subject=subject).order_by("id").first()
    if issued is None:
        with translation.override("ar"), recorded(by=by):
            issued = _issue(spending, paid, subject, by)
    with issued.file.open() as stream:
        return bytes(stream.read())


def _issue(spending: Spending, paid: Step, subject: str, by: Viewer) -> IssuedDocument:
    currency = spending.currency
    paid_now = _paid_with(paid)
    whole = money(spending.amount if paid_now is None else paid_now, currency)
    otherwise = money(spending.amount, currency) - whole
    accounts = Account.objects.in_bulk([one["account"] for one in spending.lines])
    signed = {one.to_state: one.taken_by_name for one in spending.steps.order_by("id")}
    invoice = spending.steps.filter(to_state=SpendingState.INVOICED).order_by("-id").first()
    return issue_document(
        kind="finance.payment",
        number=paid.facts["voucher"],
        title="سند صرف",
        template="list",
        data={
            "title": "سند صرف",
            "number": paid.facts["voucher"],
            "date": paid.on_date,
            "filters": [
                ["المستفيد", spending.party.full_name],
                ["وذلك عن", spending.purpose],
                [
                    "طريقة الصرف",
                    f"{PayWay(paid.facts['way']).label} {paid.facts['reference']}".strip(),
                ],
                ["طلب الصرف", spending.number_text],
                ["الفاتورة", invoice.facts.get("invoice", "") if invoice else ""],
            ],
            "columns": [
                {"label": "الحساب", "width": "24mm"},
                {"label": "البند"},
                {"label": "البيان"},
                {
                    "label": f"المبلغ ({currency_name(currency)})",
                    "width": "38mm",
                    "align": "number",
                },
            ],
            "rows": [
                [
                    ltr(accounts[one["account"]].code),
                    accounts[one["account"]].name_ar,
                    one["text"],
                    format_amount(money(one["amount"], currency)),
                ]
                for one in spending.lines
            ]
            + (
                [["", "", "يطرح: ما سُدّد مقاصةً أو صُرف من قبل", format_amount(-otherwise)]]
                if otherwise.amount
                else []
            ),
            "totals": ["المجموع", "", "", format_amount(whole)],
            "portrait": True,
            "words": in_words(whole),
            "signatures": [
                {"title": "المحاسب", "name": signed.get("invoiced", "")},
                {"title": "صاحب الصلاحية", "name": signed.get("approved", "")},
                {"title": "المدقق"},
                {"title": "المستلم ورقم هويته"},
            ],
        },
        facts={"المستفيد": spending.party.full_name, "المبلغ": whole},
        party_id=spending.party_id,
        subject=subject,
        by=by,
    )


def _paid_with(step: Step) -> Decimal | None:
    """What this payment took from the payables: what was open of the spending."""
    paid: Decimal | None = Line.objects.filter(
        entry=step.entry, account__role=AccountRole.PAYABLES
    ).aggregate(paid=Sum("debit"))["paid"]
    return paid
