"""A supplier's statement, and a cheque of ours on the bank's own leaf."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation

from kernel.money import currency_name, format_amount, in_words, money
from kernel.printing.services import ltr, render_pdf
from kernel.viewer import Viewer
from modules.finance.models import Cheque, Supplier
from modules.finance.selectors.suppliers import statement_of

# Millimetres from the right and from the top of a leaf of 180 × 80, until the municipality has measured its own.
LAYOUT: dict[str, int | bool] = {
    "width": 180, "height": 80, "date_x": 116, "date_y": 12, "payee_x": 28, "payee_y": 26,
    "words_x": 28, "words_y": 38, "amount_x": 132, "amount_y": 50, "crossed": True,
}  # fmt: skip


def supplier_paper(supplier: Supplier, *, since: date, until: date, by: Viewer) -> bytes:
    """What was invoiced and what was paid over a period, from the books."""
    with translation.override("ar"):
        rows: list[list[Any]] = []
        for one in statement_of(by, supplier, since=since, until=until):
            name = str(currency_name(one.currency))

            def shown(amount: Any, currency: str = one.currency) -> str:
                return format_amount(money(amount, currency)) if amount else ""

            rows.append([since, f"رصيد سابق ({name})", "", "", shown(one.opening) or "0"])
            rows += [
                [
                    line.on_date,
                    line.text,
                    shown(line.invoiced),
                    shown(line.paid),
                    shown(line.balance) or "0",
                ]
                for line in one.movements
            ]
            rows.append([until, f"الرصيد ({name})", "", "", shown(one.closing) or "0"])
        return render_pdf(
            "list",
            {
                "title": "كشف حساب مورد",
                "date": until,
                "filters": [
                    ["المورد", supplier.party.full_name],
                    ["رقم الملف الضريبي", ltr(supplier.tax_file) if supplier.tax_file else "—"],
                    ["الفترة", ltr(f"{since:%d/%m/%Y} - {until:%d/%m/%Y}")],
                ],
                "columns": [
                    {"label": "التاريخ", "width": "26mm", "align": "center"},
                    {"label": "البيان"},
                    {"label": "فواتير (دائن)", "width": "30mm", "align": "number"},
                    {"label": "مدفوعات (مدين)", "width": "30mm", "align": "number"},
                    {"label": "الرصيد", "width": "30mm", "align": "number"},
                ],
                "rows": rows or [["—", "لا حركة", "", "", ""]],
                "portrait": True,
            },
        )


def cheque_leaf(cheque: Cheque) -> bytes:
    """What is printed on the leaf: date, payee, words, figures; crossed, to the first payee alone."""
    layout = LAYOUT | (cheque.account.at_bank.get("cheque", {}) if cheque.account else {})
    whole = money(cheque.amount, cheque.currency)
    with translation.override("ar"):
        return render_pdf(
            "cheque",
            {
                "title": "شيك",
                "date": cheque.dated_on,
                "on": f"{cheque.dated_on:%d/%m/%Y}",
                "payee": cheque.drawer,
                "words": in_words(whole),
                "amount": f"#{format_amount(whole)}#",
                "crossed": "يصرف للمستفيد الأول فقط، غير قابل للتداول" if layout["crossed"] else "",
                # Labels travel as they are: a measure must not be written in other digits.
                "labels": {name: str(value) for name, value in layout.items() if name != "crossed"},
            },
        )
