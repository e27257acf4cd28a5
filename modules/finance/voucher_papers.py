"""The journal voucher: an entry with its lines, as it is kept on paper."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from kernel.money import format_amount, in_words, money
from kernel.printing.services import ltr, render_pdf
from kernel.viewer import Viewer
from modules.finance.models import Entry, Line
from modules.finance.selectors.books import base_currency, lines_of


def journal_voucher(entry: Entry, *, by: Viewer) -> bytes:
    """The voucher of an entry. It is a print of the books, not a document of its own."""
    lines = list(lines_of(by, entry))
    base = base_currency(entry.date)
    return render_pdf(
        "list",
        {
            "title": "سند قيد",
            "number": ltr(entry.number_text),
            "date": entry.date,
            "filters": [["النوع", str(entry.get_kind_display())], ["البيان", entry.description]],
            "columns": [
                {"label": "الحساب", "width": "24mm"},
                {"label": "اسم الحساب"},
                {"label": "المكلف"},
                {"label": "العملة", "width": "18mm", "align": "center"},
                {"label": "مدين", "width": "30mm", "align": "number"},
                {"label": "دائن", "width": "30mm", "align": "number"},
            ],
            "rows": [
                [
                    ltr(one.account.code),
                    one.account.name_ar,
                    one.party.full_name if one.party else "",
                    one.currency if one.debit or one.credit else f"{one.currency} ({base})",
                    _told(one.debit, one.base_debit, one.currency, base),
                    _told(one.credit, one.base_credit, one.currency, base),
                ]
                for one in lines
            ],
            **_totals(lines, base),
            "portrait": True,
            "signatures": [
                {"title": "المحاسب", "name": entry.posted_by_name},
                {"title": "المدقق"},
                {"title": "المدير المالي"},
            ],
        },
    )


def _totals(lines: Sequence[Line], base: str) -> dict[str, Any]:
    """Both sums, in figures and in words: in the entry's currency, or in that of the books when there are several."""
    currencies = {one.currency for one in lines}
    if len(currencies) == 1 and all(one.debit or one.credit for one in lines):
        (currency,) = currencies
        title, pairs = "المجموع", [(one.debit, one.credit) for one in lines]
    else:
        currency, title = base, "المجموع بعملة الدفاتر"
        pairs = [(one.base_debit, one.base_credit) for one in lines]
    debit, credit = (money(sum(side, Decimal(0)), currency) for side in zip(*pairs, strict=True))
    return {
        "totals": [title, "", "", currency, format_amount(debit), format_amount(credit)],
        "words": in_words(debit),
    }


def _told(amount: Decimal, in_base: Decimal, currency: str, base: str) -> str:
    """The amount; what a line is worth in the currency of the books when it moves nothing else."""
    if amount:
        return format_amount(money(amount, currency))
    return format_amount(money(in_base, base)) if in_base else ""
