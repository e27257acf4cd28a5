"""Papers of finance: the receipt, a person's statement, the closing sheet. Arabic, as they are handed out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import currency_name, format_amount, money
from kernel.numbering.services import take
from kernel.parties.models import Party
from kernel.parties.selectors import ids_of
from kernel.printing.models import IssuedDocument
from kernel.printing.services import issue_document, ltr, reprint
from kernel.viewer import Viewer
from modules.finance.constants import Method
from modules.finance.models import CashSession, Instrument, Receipt, ReceiptLeaf
from modules.finance.selectors.cash import opening_differences
from modules.finance.selectors.dues import dues_of
from modules.finance.selectors.statements import Account, statement_of

RECEIPT = "finance.receipt"
STATEMENT = "finance.statement"
CLOSING = "finance.closing"


def receipt_document(receipt: Receipt) -> IssuedDocument | None:
    """The paper of a receipt, once it was printed."""
    return IssuedDocument.objects.filter(subject=f"receipt:{receipt.uid}").order_by("id").first()


def first_print(receipt: Receipt, *, by: Viewer) -> bytes:
    """The original. It is made once and kept; later the kept bytes are shown again."""
    issued = receipt_document(receipt)
    if issued is None:
        with translation.override("ar"):
            issued = issue_document(
                kind=RECEIPT,
                number=receipt.number_text,
                title="سند قبض",
                template="receipt",
                data=_receipt_data(receipt),
                facts=_receipt_facts(receipt),
                party_id=receipt.party_id,
                subject=f"receipt:{receipt.uid}",
                by=by,
            )
    with issued.file.open() as stream:
        return bytes(stream.read())


def printed_copy(receipt: Receipt, *, reason: str, by: Viewer) -> bytes:
    """A copy marked as one, counted, with its reason on the trail; the original when it was never printed."""
    by.require("finance.reprint")
    issued = receipt_document(receipt)
    if issued is None:
        return first_print(receipt, by=by)
    return reprint(issued, by=by.with_permissions("printing.reprint"), reason=reason)


def _receipt_data(receipt: Receipt) -> dict[str, Any]:
    instruments = list(receipt.instruments.order_by("id"))
    settled = (
        receipt.settlements.filter(reverses=None).select_related("charge__kind").order_by("id")
    )
    lines = [
        {
            "title": one.charge.description or one.charge.kind.title_ar,
            "reference": f"{one.charge.kind.title_ar} {one.charge.year}",
            "amount": money(one.tendered, receipt.currency),
        }
        for one in settled
    ]
    if receipt.surplus:
        lines.append(
            {
                "title": "دفعة مقدمة على الحساب",
                "reference": "",
                "amount": money(receipt.surplus, receipt.currency),
            }
        )
    left = dues_of(ids_of(receipt.party_id), today=today(), on=today()).totals
    return {
        "title": "سند قبض",
        "number": receipt.number_text,
        "date": receipt.received_on,
        "payer": receipt.payer_name,
        "payer_id": receipt.party.id_number,
        "amount": money(receipt.amount, receipt.currency),
        "words": receipt.words,
        "method": "، ".join(dict.fromkeys(str(Method(one.method).label) for one in instruments)),
        "method_facts": [
            *(fact for one in instruments for fact in _method_facts(one)),
            *_given_with(receipt),
        ],
        "lines": lines,
        "remaining": [money(amount, currency) for currency, amount in sorted(left.items())]
        or [money(0, receipt.currency)],
        "signatures": [
            {"title": "أمين الصندوق", "name": receipt.cashier_name},
            {"title": "الدافع"},
        ],
    }


def _given_with(receipt: Receipt) -> list[list[Any]]:
    """What campaigns gave with the receipt, and the leaf it was first written on."""
    given = receipt.reductions.select_related("campaign", "charge").order_by("id")
    facts: list[list[Any]] = [
        [one.campaign.title, money(one.amount, one.charge.currency)]
        for one in given
        if one.campaign
    ]
    leaf = ReceiptLeaf.objects.filter(receipt=receipt).select_related("book").first()
    if leaf is not None:
        facts.append(
            ["ورقة دفتر القبض", ltr(f"{leaf.book.series} {leaf.number} - {leaf.on_date:%d/%m/%Y}")]
        )
    return facts


def _method_facts(one: Instrument) -> list[list[Any]]:
    if one.method == Method.CASH:
        return []
    facts: list[list[Any]] = [["الرقم", one.reference]]
    if one.bank:
        facts.append(["البنك", f"{one.bank} {one.branch}".strip()])
    if one.dated_on:
        facts.append(["التاريخ", one.dated_on])
    return facts


def _receipt_facts(receipt: Receipt) -> dict[str, Any]:
    """What the public verification page shows."""
    return {
        "الدافع": receipt.payer_name,
        "المبلغ": f"{format_amount(money(receipt.amount, receipt.currency))} {receipt.currency}",
        "التاريخ": f"{receipt.received_on:%d/%m/%Y}",
    }


def statement_paper(person: Party, *, since: date, until: date, by: Viewer) -> bytes:
    """A numbered statement of a period, with what is still owed on the last day."""
    found = statement_of(by, ids_of(person.pk), since=since, until=until)
    on = today()
    with translation.override("ar"), recorded(by=by):
        number = take("finance.statement", year=on.year, by=by)
        issued = issue_document(
            kind=STATEMENT,
            number=number.text,
            title="كشف حساب",
            template="statement",
            data={
                "title": "كشف حساب",
                "number": number.text,
                "date": on,
                "period": f"{since:%d/%m/%Y} - {until:%d/%m/%Y}",
                "facts": [
                    ["المكلف", person.full_name],
                    ["رقم الهوية", person.id_number or "—"],
                    *(
                        [
                            f"محفوظ في {one.title_ar}",
                            f"{_figure(one.held, one.currency)} {currency_name(one.currency)}",
                        ]
                        for one in found.deposits
                    ),
                ],
                "accounts": [_account(one) for one in found.accounts],
                "signatures": [{"title": "المحاسب", "name": by.name}],
                "summary": [
                    {
                        "currency": str(currency_name(one.currency)),
                        "debit": _figure(one.debit, one.currency),
                        "credit": _figure(one.credit, one.currency),
                        "balance": _figure(one.closing, one.currency),
                    }
                    for one in found.accounts
                ],
            },
            facts={"المكلف": person.full_name, "حتى تاريخ": f"{until:%d/%m/%Y}"},
            party_id=person.pk,
            subject=f"party:{person.pk}",
            by=by,
        )
    with issued.file.open() as stream:
        return bytes(stream.read())


def _account(account: Account) -> dict[str, Any]:
    currency = account.currency
    return {
        "title": str(currency_name(currency)),
        "opening": _figure(account.opening, currency),
        "debit": _figure(account.debit, currency),
        "credit": _figure(account.credit, currency),
        "closing": _figure(account.closing, currency),
        "rows": [
            {
                "date": one.date,
                "document": ltr(one.document),
                "description": " - ".join(
                    dict.fromkeys(part for part in (one.title_ar, one.detail) if part)
                ),
                "debit": _figure(one.debit, currency) if one.debit else "",
                "credit": _figure(one.credit, currency) if one.credit else "",
                "balance": _figure(one.balance, currency),
            }
            for one in account.movements
        ],
    }


def _figure(amount: Any, currency: str) -> str:
    return format_amount(money(amount, currency))


def closing_sheet(session: CashSession, *, by: Viewer) -> bytes:
    """The closing sheet of a session: its receipts and the count, issued once."""
    subject = f"cash_session:{session.uid}"
    issued = IssuedDocument.objects.filter(subject=subject).order_by("id").first()
    if issued is None:
        with translation.override("ar"), recorded(by=by):
            number = take(
                "finance.closing", year=session.on_date.year, book=session.box.code, by=by
            )
            issued = issue_document(
                kind=CLOSING,
                number=number.text,
                title="محضر إغلاق صندوق",
                template="list",
                data=_closing_data(session, number.text),
                facts={"الصندوق": session.box.name_ar, "التاريخ": f"{session.on_date:%d/%m/%Y}"},
                party_id=None,
                subject=subject,
                by=by,
            )
    with issued.file.open() as stream:
        return bytes(stream.read())


def _closing_data(session: CashSession, number: str) -> dict[str, Any]:
    counts = [
        [
            f"{Method(one.method).label} - {currency_name(one.currency)}",
            _figure(one.opening, one.currency),
            _figure(one.received, one.currency),
            _figure(one.moved, one.currency),
            _figure(one.counted, one.currency),
            _figure(one.variance, one.currency),
        ]
        for one in session.counts.order_by("method", "currency")
    ]
    notes = [
        f"عند الافتتاح: في الدفاتر {_figure(one.books, one.currency)} وفي الصندوق {_figure(one.counted, one.currency)} "
        f"{currency_name(one.currency)} - {session.opening_reason}"
        for one in opening_differences(session.opening_float, session.opening_books)
        if session.opening_reason
    ]
    if session.note:
        notes.append(f"سبب الفرق: {session.note}")
    return {
        "title": "محضر إغلاق صندوق",
        "number": number,
        "date": session.on_date,
        "filters": [
            ["الصندوق", session.box.name_ar],
            ["أمين الصندوق", session.cashier.name_ar],
            ["عدد السندات", str(session.receipts.filter(void_kind="").count())],
            ["سندات ملغاة", str(session.receipts.exclude(void_kind="").count())],
        ],
        "columns": [
            {"label": "الوسيلة والعملة"},
            {"label": "الرصيد الافتتاحي", "width": "28mm", "align": "number"},
            {"label": "المقبوض", "width": "28mm", "align": "number"},
            {"label": "الوارد أو المورَّد", "width": "28mm", "align": "number"},
            {"label": "المعدود", "width": "28mm", "align": "number"},
            {"label": "الفرق", "width": "24mm", "align": "number"},
        ],
        "rows": counts,
        "portrait": True,
        "notes": notes,
        "signatures": [
            {"title": "أمين الصندوق", "name": session.cashier.name_ar},
            {"title": "المدير المالي"},
        ],
    }
