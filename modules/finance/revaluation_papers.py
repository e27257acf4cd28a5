"""The revaluation of a month's end on paper: account by account, to be signed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils import translation

from kernel.money import format_amount, money
from kernel.printing.services import ltr, render_pdf
from modules.finance.models import Entry
from modules.finance.selectors.revaluation import Revaluation, Revalued


def revaluation_paper(found: Revaluation, *, entries: Iterable[Entry]) -> bytes:
    """كشف إعادة تقييم: each balance, the rate of the day, its worth in the books and at the rate, and the difference."""
    posted = " · ".join(ltr(one.number_text) for one in entries)
    rates = ltr(
        " · ".join(f"{currency} {rate.normalize():f}" for currency, rate in found.rates) or "—"
    )
    with translation.override("ar"):
        return render_pdf(
            "list",
            {
                "title": "كشف إعادة تقييم أرصدة العملات الأجنبية",
                "number": f"{found.on:%m/%Y}",
                "date": found.on,
                "filters": [
                    ["عملة الدفاتر", found.base],
                    ["أسعار آخر يوم", rates],
                    ["القيود", posted or "لم يرحَّل بعد"],
                ],
                "columns": [
                    {"label": "الحساب", "width": "18mm"},
                    {"label": "اسم الحساب"},
                    {"label": "العملة", "width": "16mm", "align": "center"},
                    {"label": "الرصيد", "width": "34mm", "align": "number"},
                    {"label": "السعر", "width": "22mm", "align": "number"},
                    {"label": "في الدفاتر", "width": "34mm", "align": "number"},
                    {"label": "بسعر آخر يوم", "width": "34mm", "align": "number"},
                    {"label": "الفرق", "width": "30mm", "align": "number"},
                ],
                "rows": [_row(one, found.base) for one in found.rows]
                or [["لا أرصدة بعملة أخرى", *[""] * 7]],
                "totals": ["صافي الفرق", *[""] * 6, _told(found.net, found.base)],
                "notes": [
                    f"ربح غير محقق {_told(found.gain, found.base)}، خسارة غير محققة {_told(found.loss, found.base)}."
                    " يلغى القيد في أول يوم من الشهر التالي، ولا يتغير ما على أي مكلف."
                ],
                "signatures": [
                    {"title": "المحاسب"},
                    {"title": "المدقق"},
                    {"title": "المدير المالي"},
                ],
            },
        )


def _row(one: Revalued, base: str) -> list[str]:
    return [
        ltr(one.code),
        one.name_ar,
        one.currency,
        _told(one.balance, one.currency),
        ltr(f"{one.rate.normalize():f}"),
        _told(one.before, base),
        _told(one.at_rate, base),
        _told(one.difference, base),
    ]


def _told(amount: Decimal, currency: str) -> str:
    return format_amount(money(amount, currency))
