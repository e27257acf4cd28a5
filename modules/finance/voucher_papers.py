"""The journal voucher: an entry with its lines, as it is kept on paper."""

from __future__ import annotations

from kernel.money import format_amount, money
from kernel.printing.services import ltr, render_pdf
from kernel.viewer import Viewer
from modules.finance.models import Entry
from modules.finance.selectors.books import lines_of


def journal_voucher(entry: Entry, *, by: Viewer) -> bytes:
    """The voucher of an entry. It is a print of the books, not a document of its own."""
    lines = list(lines_of(by, entry))
    return render_pdf(
        "list",
        {
            "title": "سند قيد",
            "number": entry.number_text,
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
                    one.currency,
                    format_amount(money(one.debit, one.currency)) if one.debit else "",
                    format_amount(money(one.credit, one.currency)) if one.credit else "",
                ]
                for one in lines
            ],
            "portrait": True,
            "signatures": [
                {"title": "المحاسب", "name": entry.posted_by_name},
                {"title": "المدقق"},
                {"title": "المدير المالي"},
            ],
        },
    )
