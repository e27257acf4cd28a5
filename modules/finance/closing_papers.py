"""The pack of a closed day, and the written warning of article 27."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation

from kernel.audit.recording import recorded
from kernel.money import currency_name, format_amount, in_words, money
from kernel.policies.selectors import value
from kernel.printing.models import IssuedDocument
from kernel.printing.services import issue_document, ltr, render_pdf
from kernel.viewer import Viewer
from modules.finance.constants import Method
from modules.finance.models import CashSession, DayClosing, Warning


def day_pack(closing: DayClosing) -> bytes:
    """Everything of a day on one paper, with the seal that chains it to the day before."""
    said = closing.contents
    rows: list[list[Any]] = [
        [
            f"مقبوض - {Method(one['method']).label}",
            one["currency"],
            str(one["count"]),
            _figure(one["amount"], one["currency"]),
        ]
        for one in said["taken"]
    ]
    # Days that were sealed before openings were compared with the books have none.
    rows += [
        [
            f"افتتاح يخالف الدفاتر - {one['box']} - {one['cashier']} - {one['reason']}",
            one["currency"],
            _figure(one["books"], one["currency"]),
            _figure(one["counted"], one["currency"]),
        ]
        for one in said.get("openings", [])
    ]
    rows += [
        [
            f"معدود - {one['box']} - {one['cashier']} - {Method(one['method']).label}",
            one["currency"],
            _figure(one["expected"], one["currency"]),
            _figure(one["counted"], one["currency"]),
        ]
        for one in said["counts"]
    ]
    rows += [
        [
            f"ملغى {ltr(one['number'])} - {one['reason']}",
            one["currency"],
            "",
            _figure(one["amount"], one["currency"]),
        ]
        for one in said["voided"]
    ]
    rows += [
        [f"رصيد الصندوق {one['box']} في الدفاتر", code, "", _figure(held, code)]
        for one in said["boxes"]
        for code, held in one["held"].items()
    ]
    with translation.override("ar"):
        return render_pdf(
            "list",
            {
                "title": "حزمة إغلاق اليوم",
                "number": f"{closing.on_date:%d/%m/%Y}",
                "date": closing.on_date,
                "filters": [
                    [
                        f"سندات الصندوق {one['box']}",
                        f"من {one['first']} إلى {one['last']}، عددها {one['count']}",
                    ]
                    for one in said["receipts"]
                ]
                or [["السندات", "0"]],
                "columns": [
                    {"label": "البيان"},
                    {"label": "العملة", "width": "18mm", "align": "center"},
                    {"label": "العدد / المتوقع", "width": "32mm", "align": "number"},
                    {"label": "المبلغ / المعدود", "width": "34mm", "align": "number"},
                ],
                "rows": rows or [["لا حركة", "", "", ""]],
                "portrait": True,
                "notes": [
                    f"ختم اليوم: {ltr(closing.seal)}",
                    f"ختم اليوم السابق: {ltr(closing.previous or '—')}",
                ],
                "signatures": [
                    {"title": "المدير المالي", "name": closing.closed_by_name},
                    {"title": "المدقق الداخلي"},
                ],
            },
        )


def _figure(amount: str, currency: str) -> str:
    return format_amount(money(Decimal(amount), currency))


def warning_paper(warning: Warning, *, by: Viewer) -> bytes:
    """The warning as it is served; issued once."""
    subject = f"warning:{warning.uid}"
    issued = IssuedDocument.objects.filter(subject=subject).order_by("id").first()
    if issued is None:
        with translation.override("ar"), recorded(by=by):
            issued = issue_document(
                kind="finance.warning",
                number=warning.number_text,
                title="إنذار بالدفع",
                template="letter",
                data=_warning(warning),
                facts={"المكلف": warning.party.full_name},
                party_id=warning.party_id,
                subject=subject,
                by=by,
            )
    with issued.file.open() as stream:
        return bytes(stream.read())


def _warning(warning: Warning) -> dict[str, Any]:
    days = int(value("REV-07.grace_after_warning_days", on=warning.issued_on).value)
    totals = [money(Decimal(amount), code) for code, amount in warning.totals.items()]
    return {
        "title": "إنذار بالدفع",
        "number": warning.number_text,
        "date": warning.issued_on,
        "to": [
            f"السيد/ة {warning.party.full_name} المحترم/ة",
            f"رقم الهوية: {warning.party.id_number or '—'}",
        ],
        "subject": "إنذار بدفع ذمم مستحقة",
        "body": [
            "استناداً إلى المادة (27) من قانون الهيئات المحلية رقم (1) لسنة 1997، ننذركم بدفع المبالغ المستحقة عليكم الآتية:",
            {
                "table": {
                    "columns": [
                        {"label": "نوع الذمة والفترة"},
                        {"label": "تاريخ الاستحقاق", "width": "34mm", "align": "center"},
                        {"label": "العملة", "width": "22mm", "align": "center"},
                        {"label": "المبلغ", "width": "34mm", "align": "number"},
                    ],
                    "rows": [
                        [
                            one["title"],
                            date.fromisoformat(one["due_on"]),
                            str(currency_name(one["currency"])),
                            _figure(one["amount"], one["currency"]),
                        ]
                        for one in warning.dues
                    ],
                }
            },
            "المجموع: " + "، ".join(in_words(one) for one in totals),
            f"وذلك خلال {days} يوماً من تاريخ تبليغكم هذا الإنذار، وإلا تُتخذ إجراءات التحصيل وفق القانون. ولكم الاعتراض أمام المحكمة المختصة خلال هذه المدة بعد دفع المبلغ أو تأمينه.",
        ],
        "signatures": [{"title": "رئيس البلدية"}],
    }


def handover_minutes(session: CashSession) -> bytes:
    """محضر تسليم واستلام عهدة صندوق: what was counted when the box changed hands, for both to sign."""
    earlier = session.taken_from or session
    later = CashSession.objects.filter(taken_from=earlier).select_related("cashier").first()
    rows = [
        [
            f"{Method(one.method).label} - {currency_name(one.currency)}",
            _figure(one.opening + one.taken, one.currency),
            _figure(one.counted, one.currency),
            _figure(one.variance, one.currency),
        ]
        for one in earlier.counts.order_by("method", "currency")
    ]
    takes = later.cashier.name_ar if later else (earlier.handover or {}).get("name", "")
    with translation.override("ar"):
        return render_pdf(
            "list",
            {
                "title": "محضر تسليم واستلام عهدة صندوق",
                "number": f"{earlier.box.code} - {earlier.on_date:%d/%m/%Y}",
                "date": earlier.on_date,
                "filters": [
                    ["الصندوق", earlier.box.name_ar],
                    ["المسلِّم", earlier.cashier.name_ar],
                    ["المستلِم", takes or "—"],
                ],
                "columns": [
                    {"label": "الوسيلة والعملة"},
                    {"label": "المتوقع", "width": "34mm", "align": "number"},
                    {"label": "المعدود", "width": "34mm", "align": "number"},
                    {"label": "الفرق", "width": "30mm", "align": "number"},
                ],
                "rows": rows or [["لا رصيد", "", "", ""]],
                "portrait": True,
                "notes": [f"سبب الفرق: {earlier.note}"] if earlier.note else [],
                "signatures": [
                    {"title": "المسلِّم", "name": earlier.cashier.name_ar},
                    {"title": "المستلِم", "name": takes},
                    {"title": "المدير المالي"},
                ],
            },
        )
