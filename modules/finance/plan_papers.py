"""The instalment agreement as it is signed."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import currency_name, format_amount, in_words, money
from kernel.policies.selectors import value
from kernel.printing.models import IssuedDocument
from kernel.printing.services import issue_document
from kernel.viewer import Viewer
from modules.finance.models import Plan
from modules.finance.selectors.plans import charges_of, progress_of


def agreement(plan: Plan, *, by: Viewer) -> bytes:
    """Issued once when it is first printed; the same paper afterwards."""
    subject = f"plan:{plan.uid}"
    issued = IssuedDocument.objects.filter(subject=subject).order_by("id").first()
    if issued is None:
        with translation.override("ar"), recorded(by=by):
            issued = issue_document(
                kind="finance.plan",
                number=plan.number_text,
                title="اتفاقية تقسيط",
                template="letter",
                data=_data(plan),
                facts={"المكلف": plan.party.full_name, "عدد الأقساط": str(len(plan.schedule))},
                party_id=plan.party_id,
                subject=subject,
                by=by,
            )
    with issued.file.open() as stream:
        return bytes(stream.read())


def _data(plan: Plan) -> dict[str, Any]:
    currency = plan.currency
    whole = money(plan.amount, currency)
    missed = int(value("REV-01.default_after_missed", on=plan.agreed_on).value)
    rows = [
        [str(one.number), one.due_on, format_amount(money(one.amount, currency))]
        for one in progress_of(plan, on=today()).instalments
    ]
    return {
        "title": "اتفاقية تقسيط",
        "number": plan.number_text,
        "date": plan.agreed_on,
        "to": [f"المكلف: {plan.party.full_name}", f"رقم الهوية: {plan.party.id_number or '—'}"],
        "subject": f"تقسيط ذمم بمبلغ {format_amount(whole)} {currency_name(currency)}",
        "body": [
            f"{in_words(whole)}",
            {
                "facts": [
                    ["الدفعة الأولى", money(plan.down_payment, currency)],
                    ["الكفيل", plan.guarantor or "—"],
                ],
                "across": 2,
            },
            "عن الذمم الآتية: "
            + "، ".join(f"{one.kind.title_ar} {one.year}" for one in charges_of(plan))
            + ".",
            {
                "table": {
                    "columns": [
                        {"label": "القسط", "width": "20mm", "align": "center"},
                        {"label": "تاريخ الاستحقاق", "align": "center"},
                        {
                            "label": f"المبلغ ({currency_name(currency)})",
                            "width": "45mm",
                            "align": "number",
                        },
                    ],
                    "rows": rows,
                    "totals": ["", "المجموع", format_amount(whole)],
                }
            },
            {
                "clauses": [
                    "يلتزم المكلف بدفع كل قسط في موعده.",
                    f"تنتهي الاتفاقية وتستحق الذمم بتواريخها الأصلية إذا تخلف عن {missed} من الأقساط أو أعاد البنك أحد شيكاتها.",
                    "لا تمنع الاتفاقية البلدية من تحصيل ما يستحق من ذمم أخرى.",
                ]
            },
        ],
        "signatures": [
            {"title": "المكلف", "name": plan.party.full_name},
            *([{"title": "الكفيل", "name": plan.guarantor}] if plan.guarantor else []),
            {"title": "المدير المالي"},
        ],
    }
