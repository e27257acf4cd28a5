"""The reconciliation of a batch of old dues on paper, for three signatures."""

from __future__ import annotations

from django.utils import translation

from kernel.money import currency_name, format_amount, money
from kernel.printing.services import ltr, render_pdf
from modules.finance.models import OpeningBatch
from modules.finance.services.opening.reconciling import (
    Reconciled,
    reconciliation,
    sums_by_currency,
)


def reconciliation_paper(batch: OpeningBatch) -> bytes:
    """محضر مطابقة: the sheet's own count and sums beside what is in the books, by kind, year and currency."""
    lines = reconciliation(batch)
    totals = sums_by_currency(lines)
    rows = [[one.kind, one.year, *_figures(one)] for one in lines]
    rows += [["المجموع", "", *_figures(one)] for one in totals]
    agrees = all(not one.difference for one in totals)
    with translation.override("ar"):
        return render_pdf(
            "list",
            {
                "title": "محضر مطابقة الذمم المدورة",
                "number": f"{batch.as_of:%d/%m/%Y}",
                "date": batch.as_of,
                "filters": [
                    ["الملف", batch.file.name],
                    ["أسطر صحيحة", str(batch.rows_good)],
                    ["أسطر تحتاج تصحيحاً", str(batch.rows_bad)],
                    ["البصمة", ltr(batch.file.blob.sha256[:16])],
                ],
                "columns": [
                    {"label": "نوع الذمة"},
                    {"label": "السنة", "width": "16mm", "align": "center"},
                    {"label": "العملة", "width": "24mm", "align": "center"},
                    {"label": "عدد الملف", "width": "20mm", "align": "number"},
                    {"label": "مجموع الملف", "width": "36mm", "align": "number"},
                    {"label": "عدد الدفاتر", "width": "22mm", "align": "number"},
                    {"label": "مجموع الدفاتر", "width": "36mm", "align": "number"},
                    {"label": "الفرق", "width": "32mm", "align": "number"},
                ],
                "rows": rows or [["لا شيء", *[""] * 7]],
                "notes": [
                    "يطابق الملف الدفاتر." if agrees else "لا يطابق الملف الدفاتر: انظر عمود الفرق."
                ],
                "signatures": [
                    {"title": "من أعد الملف"},
                    {"title": "المحاسب"},
                    {"title": "المدير المالي"},
                ],
            },
        )


def _figures(one: Reconciled) -> list[str]:
    return [
        str(currency_name(one.currency)),
        str(one.sheet_count),
        format_amount(money(one.sheet_sum, one.currency)),
        str(one.books_count),
        format_amount(money(one.books_sum, one.currency)),
        format_amount(money(one.difference, one.currency)),
    ]
