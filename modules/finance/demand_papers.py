"""The demand notice (مطالبة): what a person owes today, told in one letter, before any warning is written."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import translation

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import currency_name, format_amount, in_words, money
from kernel.numbering.services import take
from kernel.parties.models import Party
from kernel.parties.selectors import ids_of
from kernel.printing.services import issue_document
from kernel.viewer import Viewer
from modules.finance.errors.closings import NothingToDemand
from modules.finance.models import Charge
from modules.finance.selectors.dues import open_charges

DEMAND = "finance.demand"


def demand_notice(person: Party, *, by: Viewer) -> bytes:
    """A numbered notice of every open due whose day has come, with the sum of each currency in words.

    What is due on a later day is not demanded yet. Refuses `NothingToDemand`.
    """
    by.require("finance.read_dues")
    on = today()
    owed = [one for one in open_charges(by, ids_of(person.pk)) if one.due_on <= on]
    if not owed:
        raise NothingToDemand()
    with translation.override("ar"), recorded(by=by):
        number = take(DEMAND, year=on.year, by=by)
        issued = issue_document(
            kind=DEMAND,
            number=number.text,
            title="مطالبة مالية",
            template="letter",
            data={"number": number.text, "date": on, **_data(person, owed)},
            facts={"المكلف": person.full_name, "بتاريخ": f"{on:%d/%m/%Y}"},
            party_id=person.pk,
            subject=f"party:{person.pk}",
            by=by,
        )
    with issued.file.open() as stream:
        return bytes(stream.read())


def _data(person: Party, owed: Sequence[Charge]) -> dict[str, Any]:
    totals: dict[str, Decimal] = {}
    for one in owed:
        totals[one.currency] = totals.get(one.currency, Decimal(0)) + one.balance
    return {
        "title": "مطالبة مالية",
        "to": [
            f"السيد/ة {person.full_name} المحترم/ة",
            f"رقم الهوية: {person.id_number or '—'}",
        ],
        "subject": "مطالبة بدفع المستحقات",
        "body": [
            "نرجو التكرم بدفع المبالغ الآتية المستحقة عليكم للبلدية حتى تاريخه:",
            {
                "table": {
                    "columns": [
                        {"label": "نوع الذمة والفترة"},
                        {"label": "تاريخ الاستحقاق", "width": "32mm", "align": "center"},
                        {"label": "العملة", "width": "22mm", "align": "center"},
                        {"label": "الأصل", "width": "30mm", "align": "number"},
                        {"label": "المتبقي", "width": "30mm", "align": "number"},
                    ],
                    "rows": [
                        [
                            f"{one.kind.title_ar} {one.year}",
                            one.due_on,
                            str(currency_name(one.currency)),
                            format_amount(money(one.principal, one.currency)),
                            format_amount(money(one.balance, one.currency)),
                        ]
                        for one in owed
                    ],
                }
            },
            "المجموع: "
            + "، و".join(in_words(money(total, code)) for code, total in sorted(totals.items())),
            "يرجى مراجعة صندوق البلدية للدفع، أو دائرة المالية لطلب التقسيط أو للاعتراض على قيمة الذمة. وإن كنتم قد دفعتم بعد تاريخ هذه المطالبة فاعتبروها لاغية.",
        ],
        "signatures": [{"title": "المدير المالي"}],
    }
