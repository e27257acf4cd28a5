"""What a citizen still has to mend: in words, on paper, and until when the request waits for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.calendar.selectors import today
from kernel.policies.selectors import value
from kernel.terms import term
from modules.frontdesk.constants import PAPER_DEFICIENCIES, DeficiencyKind
from modules.frontdesk.models import Deficiency, Pause, Request
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.output import long_day


def deficiency_words(request: Request, deficiency: Deficiency) -> str:
    """What is to be mended, as one says it to the citizen."""
    kind = DeficiencyKind(deficiency.kind)
    if kind in PAPER_DEFICIENCIES and deficiency.target:
        named = f"{kind.label}: {paper_title(deficiency.target)}"
    elif deficiency.target:
        field = next((one for one in request.design.fields if one.code == deficiency.target), None)
        named = f"{kind.label}: {field.label if field else deficiency.target}"
    else:
        named = str(kind.label)
    return (
        _("%(what)s (%(note)s)") % {"what": named, "note": deficiency.note}
        if deficiency.note
        else named
    )


def lapses_on(waiting_since: date) -> date:
    """The first day on which a waiting request may be closed as abandoned (policy FRD-09)."""
    return waiting_since + timedelta(days=int(value("FRD-09.idle_days", on=today()).value))


def missing_letter(
    request: Request, pause: Pause, *, clerk: str, tracking_url: str = ""
) -> dict[str, Any]:
    """كتاب نواقص: what is missing or wrong, line by line, until when it is waited for (policy FRD-09), and where to
    mend it from home."""
    with in_language("ar"):
        person = None if request.is_hidden else request.beneficiary or request.applicant
        open_ones = [one for one in pause.deficiencies.all() if one.resolved_at is None]
        lines = [deficiency_words(request, one) for one in open_ones or pause.deficiencies.all()]
        last = lapses_on(pause.started_on) - timedelta(days=1)
        data: dict[str, Any] = {
            "title": term("missing_items_letter", lang="ar"),
            "date": pause.started_on,
            "number": f"{request.number}/{pause.pk}",
            "to": [f"السيد/ة {person.full_name} المحترم/ة" if person else "مقدم الطلب"],
            "subject": f"{term('missing_items_letter', lang='ar')}: {request.design.title.ar}",
            "body": [
                f"بعد تدقيق معاملتكم رقم {request.number} تبين أنها لا تكتمل إلا بما يلي:",
                {"points": lines},
                *([pause.reason] if pause.reason else []),
                f"يرجى استكمال ذلك في موعد أقصاه {long_day(last)}، وإلا أُغلقت المعاملة لعدم المتابعة.",
                {"note": "مدة الإنجاز متوقفة منذ تاريخ هذا الكتاب، وتُستأنف من يوم الاستكمال."},
            ],
            "references": [[term("request_number", lang="ar"), request.number]],
            "signatures": [{"title": "الموظف", "name": clerk}] if clerk else [],
        }
        if tracking_url:
            data["verify_url"] = tracking_url
            data["labels"] = {
                "verify": "للاستكمال من البيت أو متابعة المعاملة",
                "verify_how": "امسح الرمز أو زُر العنوان:",
            }
    return data
