"""The printed sheet of a step, to be filled in, signed, scanned and brought back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override as in_language

from kernel.calendar.selectors import today
from kernel.terms import term
from modules.frontdesk.answers import shown_answer
from modules.frontdesk.constants import Recipient, StepKind
from modules.frontdesk.models import Request, RequestStep

_LINE = "…" * 40
_UNDER_NAME = "recipient"


def sheet_paper(
    request: Request, step: RequestStep, *, number: str, back: str, named: bool
) -> dict[str, Any]:
    """A receipt for the step that delivers, a form to fill in for any other; each with its number and its code."""
    with in_language("ar"):
        receipt = step.kind == StepKind.DELIVERY
        data: dict[str, Any] = {
            "title": "إيصال استلام" if receipt else "نموذج إجراء",
            "date": today(),
            "number": number,
            "to": [step.section.name_ar],
            "greeting": "",
            "farewell": "",
            "subject": ("استلام: " if receipt else "") + (step.plan.title.ar or step.title),
            "body": [{"facts": _facts(request, named=named)}],
            "references": [[term("request_number", lang="ar"), request.number]],
            "verify_url": back,
            "labels": {"verify": "لإعادة النموذج موقعاً", "verify_how": "امسح الرمز وأرفق صورته:"},
            "seal": not receipt,
        }
        data["body"] += _receipt(request, step) if receipt else _to_fill(step)
        data["signatures"] = (
            [{"title": "توقيع المستلم", "name": _kept(step).get("recipient_name", "")}]
            if receipt
            else [{"title": "الموظف المختص", "name": ""}, {"title": "رئيس القسم", "name": ""}]
        )
        return data


def _facts(request: Request, *, named: bool) -> list[list[str]]:
    facts = [["الخدمة", request.design.title.ar]]
    if request.applicant is not None:
        name = request.applicant.full_name if named else "محجوب"
        facts.append([term("applicant", lang="ar"), name])
    if request.land_unit is not None:
        facts.append([term("land_unit", lang="ar"), request.land_unit.label])
    return facts


def _receipt(request: Request, step: RequestStep) -> list[Any]:
    kept = _kept(step)
    document = request.document
    what = f"{document.title} رقم {document.number}" if document else request.design.title.ar
    capacity = Recipient(kept["recipient"]).label if kept.get("recipient") else _LINE[:12]
    facts = [
        ["المستلم", kept.get("recipient_name") or _LINE[:24]],
        ["بصفته", str(capacity)],
        [term("id_number", lang="ar"), kept.get("recipient_id_number") or _LINE[:12]],
    ]
    if kept.get("authority"):
        facts.append(["بموجب تفويض", kept["authority"]])
    return [
        f"استلمتُ من البلدية: {what}، بعد الاطلاع على هويتي.",
        {"facts": facts},
        f"التاريخ والساعة: {_LINE[:18]}",
    ]


def _to_fill(step: RequestStep) -> list[Any]:
    rows: list[Any] = []
    for one in step.plan.fields:
        known = shown_answer(one, step.answers.get(one.code))
        if one.kind == "choice" and not known:
            known = "   ".join(f"(    ) {choice.label.ar}" for choice in one.choices)
        elif one.kind == "bool" and not known:
            known = "(    ) نعم   (    ) لا"
        rows.append([one.label.ar, known or _LINE[:24]])
    body: list[Any] = [{"facts": rows}] if rows else []
    return [*body, "الملاحظات:", _LINE, _LINE]


def _kept(step: RequestStep) -> dict[str, Any]:
    return dict(step.answers.get(_UNDER_NAME) or {})
