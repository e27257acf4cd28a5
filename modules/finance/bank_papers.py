"""The reconciliation of a bank account on paper (مذكرة تسوية البنك)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation

from kernel.audit.recording import recorded
from kernel.money import currency_name, format_amount, money
from kernel.printing.models import IssuedDocument
from kernel.printing.services import issue_document, ltr, render_pdf
from kernel.viewer import Viewer
from modules.finance.models import BankStatement
from modules.finance.selectors.bank import reconciliation
from modules.finance.services.bank.reconciling import facts_of

TITLE = "مذكرة تسوية البنك"


def reconciliation_paper(statement: BankStatement, *, by: Viewer) -> bytes:
    """A draft until it is approved; then issued once, with both names."""
    with translation.override("ar"):
        if not statement.is_approved:
            figures = reconciliation(by, statement.account, statement.currency, on=statement.until)
            return render_pdf("list", _data(statement, facts_of(figures), title=f"{TITLE} - مسودة"))
        return _issued(statement, by)


def _issued(statement: BankStatement, by: Viewer) -> bytes:
    subject = f"bank_statement:{statement.uid}"
    issued = IssuedDocument.objects.filter(subject=subject).order_by("id").first()
    if issued is None:
        balance = money(Decimal(statement.facts["bank"]), statement.currency)
        with recorded(by=by):
            issued = issue_document(
                kind="finance.reconciliation",
                number=f"{statement.account.code}-{statement.currency}-{statement.position:04d}",
                title=TITLE,
                template="list",
                data=_data(statement, statement.facts, title=TITLE),
                facts={"الحساب": str(statement.account), "الرصيد": balance},
                party_id=None,
                subject=subject,
                by=by,
            )
    with issued.file.open() as stream:
        return bytes(stream.read())


def _data(statement: BankStatement, facts: Mapping[str, Any], *, title: str) -> dict[str, Any]:
    currency = statement.currency

    def shown(amount: str | Decimal) -> str:
        return format_amount(money(Decimal(amount), currency))

    def group(heading: str, items: Sequence[Sequence[str]]) -> list[list[Any]]:
        rows: list[list[Any]] = [[heading, "", shown(_sum(items))]] if items else []
        rows += [[one[1] or "—", date.fromisoformat(one[0]), shown(one[2])] for one in items]
        return rows

    bank, books = Decimal(facts["bank"]), Decimal(facts["books"])
    adjusted_bank = bank + _sum(facts["in_transit"]) + _sum(facts["outstanding"])
    cheques = facts["cheques"]
    stale = [one for one in cheques if one[2] < facts["stale_before"]]
    rows = [
        ["الرصيد حسب كشف البنك", date.fromisoformat(facts["on"]), shown(bank)],
        *group("يضاف: إيداعات في الطريق", facts["in_transit"]),
        *group("يطرح: مدفوعات لم تظهر لدى البنك", facts["outstanding"]),
        ["الرصيد المعدل حسب البنك", "", shown(adjusted_bank)],
        ["الرصيد حسب الدفاتر", date.fromisoformat(facts["on"]), shown(books)],
        *group("حركات في كشف البنك لم تقيد في الدفاتر", facts["bank_only"]),
        ["الرصيد المعدل حسب الدفاتر", "", shown(books + _sum(facts["bank_only"]))],
        *[
            [
                f"شيك صادر لم يصرف {ltr(one[0])} - {one[1]}",
                date.fromisoformat(one[2]),
                shown(one[3]),
            ]
            for one in cheques
        ],
    ]
    return {
        "title": title,
        "number": statement.reference,
        "date": statement.until,
        "filters": [
            ["حساب البنك", str(statement.account)],
            ["العملة", str(currency_name(currency))],
            ["كشف البنك رقم", statement.reference],
        ],
        "columns": [
            {"label": "البيان"},
            {"label": "التاريخ", "width": "30mm", "align": "center"},
            {"label": f"المبلغ ({currency_name(currency)})", "width": "40mm", "align": "number"},
        ],
        "rows": rows,
        "totals": ["الفرق", "", shown(facts["difference"])],
        "portrait": True,
        "notes": [
            f"شيكات متقادمة تستدعى ويعاد صرفها: {'، '.join(ltr(one[0]) for one in stale) or 'لا يوجد'}"
        ],
        "signatures": [
            {"title": "أعدها", "name": statement.prepared_by_name},
            {"title": "اعتمدها", "name": statement.approved_by_name},
        ],
    }


def _sum(items: Sequence[Sequence[str]]) -> Decimal:
    return sum((Decimal(one[2]) for one in items), Decimal(0))
