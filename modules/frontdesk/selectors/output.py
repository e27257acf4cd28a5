"""What stands on the papers that the desk prints: the slip at intake, and the document at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.calendar.selectors import local_date, now_local, today
from kernel.money import format_money, money
from kernel.parties.models import Party
from kernel.policies.selectors import value
from kernel.profile.selectors import profile
from kernel.terms import month_name, term
from modules.frontdesk.answers import shown_answer
from modules.frontdesk.constants import Decision
from modules.frontdesk.definitions import Field, Output
from modules.frontdesk.models import Request, RequestFee, RequestStep
from modules.frontdesk.selectors.gates import is_fulfilled, paper_title
from modules.frontdesk.selectors.requests import counting_papers
from modules.frontdesk.selectors.verdicts import Gate


@dataclass(frozen=True)
class PaperContent:
    """A document ready to be issued: its template, what the template prints, and what the verification page shows."""

    kind: str
    title: str
    template: str
    data: dict[str, Any]
    facts: dict[str, str] = field(default_factory=dict)
    valid_until: date | None = None


def slip_data(request: Request, *, clerk: str, tracking_url: str = "") -> dict[str, Any]:
    """The receipt slip (إشعار استلام): number, promised date, papers taken, papers still missing, QR for tracking."""
    with in_language("ar"):
        papers = counting_papers(request)
        taken = [
            paper_title(code) for code, many in papers.items() if any(one.file_id for one in many)
        ]
        missing = [
            paper_title(one.code)
            for one in request.design_asked.papers
            if one.is_mandatory(with_agent=request.with_agent)
            and not is_fulfilled(
                one, [paper for paper in papers.get(one.code, []) if paper.file_id]
            )
        ]
        data: dict[str, Any] = {
            "title": term("acknowledgement", lang="ar"),
            "number": request.number,
            "date": request.submitted_at.astimezone(now_local().tzinfo)
            if request.submitted_at
            else now_local(),
            "service": request.design.title.ar,
            "applicant": _applicant_words(request),
            "facts": _slip_facts(request),
            "papers": taken,
            "clerk": clerk,
        }
        if request.promised_on is not None:
            data["promised"] = long_day(request.promised_on)
        if missing:
            data["missing"] = missing
        if tracking_url:
            data["verify_url"] = tracking_url
        if profile().is_demo:
            data["notes"] = [_("Demonstration: not an official paper.")]
    return data


def long_day(day: date) -> str:
    """`الأحد 6 كانون الأول 2026`, with the municipality's month names."""
    weekday = WEEKDAYS_AR[day.isoweekday() - 1]
    return f"{weekday} {day.day} {month_name(day.month, profile().month_names, 'ar')} {day.year}"


WEEKDAYS_AR = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")


def output_content(request: Request, output: Output, *, gate: Gate | None = None) -> PaperContent:
    """The output document of a decided request, in Arabic, in the municipality's dialect.

    With the verdict on its dues the paper says how far the books went, and what of the dues is on a plan or covered.
    """
    with in_language("ar"):
        if output.template == "letter":
            content = _letter(request, output)
        else:
            content = _certificate(request, output)
        if gate is not None:
            content.data["references"] += _rests_on(gate)
        if gate is not None and gate.authority and output.clear_dues:
            content.data["body"] = [_despite_dues(gate)]
        return content


def _despite_dues(gate: Gate) -> str:
    """What is certified of somebody who was let pass: what they owe, and on whose authority it is given all the same."""
    owed = "، ".join(format_money(one, "ar") for one in gate.total)
    return (
        f"تشهد البلدية بأن على المذكور أدناه ذمماً مالية مقدارها {owed} حتى تاريخه، "
        f"وقد صدرت هذه الشهادة مع بقائها عليه بصلاحية {gate.authority}."
    )


def _rests_on(gate: Gate) -> list[list[str]]:
    """What a paper about dues was judged from: the last entry of the books, dues on a plan, dues that cheques cover."""
    known = (
        [[_("Books up to entry"), str(gate.inputs["watermark"])]]
        if gate.inputs.get("watermark")
        else []
    )
    plans = "، ".join(dict.fromkeys(one.plan for one in gate.lines if one.plan))
    if plans:
        known.append([_("Dues on instalment plan"), plans])
    if gate.authority:
        # Nobody reads such a paper as if nothing were owed.
        known.append([_("Given on the authority of"), gate.authority])
    covered = [one for one in gate.lines if one.covered]
    for currency in dict.fromkeys(one.currency for one in covered):
        total = sum(one.covered for one in covered if one.currency == currency)
        known.append(
            [_("Covered by post-dated cheques"), format_money(money(total, currency), "ar")]
        )
    return known


def validity_of(output: Output, *, on: date) -> date | None:
    """The last day on which the document is good (policy FRD-05 for the clearance), None without an end."""
    if output.validity == "clearance":
        return on + timedelta(days=int(value("FRD-05.validity_days", on=on).value))
    if output.validity == "statement":
        return on + timedelta(days=int(value("PLN-02.statement_validity_days", on=on).value))
    return None


def _certificate(request: Request, output: Output) -> PaperContent:
    person = _named(request)
    facts = [[term("applicant", lang="ar"), person.full_name]] if person else []
    if person is not None and person.id_number:
        facts.append([term("id_number", lang="ar"), person.id_number])
    if request.land_unit is not None:
        facts.append([term("land_unit", lang="ar"), request.land_unit.label])
    asked = _shown_answers(request.design.fields, request.answers)
    facts += [pair for code, pair in asked.items() if code not in ("purpose", "addressed_to")]
    facts += _found_on_route(request)
    addressed = request.answers.get("addressed_to") or ""
    until = validity_of(output, on=today())
    data: dict[str, Any] = {
        "title": output.title.ar,
        "date": today(),
        "addressee": f"إلى {addressed}" if addressed else "إلى من يهمه الأمر",
        "body": [_filled(output.body.ar, request)] if output.body.ar else [],
        "facts": facts,
        "references": [[term("request_number", lang="ar"), request.number]],
        "signatures": _signatures(request),
    }
    if "purpose" in asked:
        data["purpose"] = asked["purpose"][1]
    if until is not None:
        data["valid_until"] = until
    receipts = [
        one.receipt_number
        for one in RequestFee.objects.filter(request=request)
        if one.receipt_number
    ]
    if receipts:
        data["receipt"] = "، ".join(receipts)
    return PaperContent(
        output.kind, output.title.ar, "certificate", data, _public_facts(request, output), until
    )


def _letter(request: Request, output: Output) -> PaperContent:
    person = _named(request)
    name = person.full_name if person else ""
    data: dict[str, Any] = {
        "title": output.title.ar,
        "date": today(),
        "to": [f"السيد/ة {name} المحترم/ة"] if name else ["إلى مقدم الطلب"],
        "subject": str(request.answers.get("subject") or request.design.title.ar),
        "body": [_filled(output.body.ar, request)],
        "references": [[term("request_number", lang="ar"), request.number]],
        "signatures": _signatures(request),
        "seal": True,
    }
    return PaperContent(
        output.kind, output.title.ar, "letter", data, _public_facts(request, output)
    )


def _filled(text: str, request: Request) -> str:
    """The sentence with the request's own facts in it; a place that nobody knows stays empty."""
    facts: dict[str, str] = {
        "number": request.number or "",
        "submitted_on": f"{request.submitted_on:%d/%m/%Y}" if request.submitted_on else "",
        "decision": _decision_words(request),
        "decision_reason": request.decision_reason,
        "service": request.design.title.ar,
    }
    for one in request.design.fields:
        facts.setdefault(one.code, shown_answer(one, request.answers.get(one.code)))
    return text.format_map(_Blank(facts)).strip()


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _decision_words(request: Request) -> str:
    return (
        {Decision.APPROVED: "الموافقة على طلبكم", Decision.REJECTED: "عدم الموافقة على طلبكم"}.get(
            Decision(request.decision), ""
        )
        if request.decision
        else ""
    )


def _shown_answers(fields: tuple[Field, ...], answers: dict[str, Any]) -> dict[str, list[str]]:
    shown = {one.code: [one.label.ar, shown_answer(one, answers.get(one.code))] for one in fields}
    return {code: pair for code, pair in shown.items() if pair[1]}


def _found_on_route(request: Request) -> list[list[str]]:
    """What the technical steps found, for statements that certify it (zone, setbacks, width of the street)."""
    found = []
    steps = RequestStep.objects.filter(
        request=request, state="done", kind="technical_check"
    ).order_by("stage", "id")
    latest = {step.code: step for step in steps}
    for step in latest.values():
        if step.is_added:
            continue
        plan = request.design.step(step.code)
        kept = tuple(one for one in plan.fields if one.kind != "longtext" and one.kind != "date")
        found += list(_shown_answers(kept, step.answers).values())
        notes = next((one for one in plan.fields if one.code == "notes"), None)
        if notes is not None and step.answers.get("notes"):
            found.append([notes.label.ar, step.answers["notes"]])
    return found


def _signatures(request: Request) -> list[dict[str, str]]:
    """Who stands under the paper: the one who decided, by seat."""
    if request.decided_by is None:
        return []
    deciding = request.design.deciding_step
    title = deciding.title.ar.removeprefix("اعتماد ").strip() if deciding else ""
    return [{"title": title or "المفوض بالتوقيع", "name": request.decided_by.name_ar}]


def _public_facts(request: Request, output: Output) -> dict[str, str]:
    """What anybody who scans the code may learn: enough to compare with the paper, no more."""
    person = _named(request)
    facts = {"request": request.number or "", "service": request.design.title.ar}
    if person is not None:
        facts["name"] = person.full_name
    if request.land_unit is not None:
        facts["land_unit"] = request.land_unit.label
    return facts


def _named(request: Request) -> Party | None:
    """Whom a paper names; nobody where the reporter's name is hidden, for sections read the paper too."""
    return None if request.is_hidden else request.beneficiary or request.applicant


def _applicant_words(request: Request) -> str:
    if request.is_hidden or request.applicant is None:
        return "محجوب" if request.is_hidden else "دون اسم"
    return str(request.applicant.full_name)


def _slip_facts(request: Request) -> list[list[str]]:
    facts = []
    if request.applicant is not None and not request.is_hidden and request.applicant.id_number:
        facts.append([term("id_number", lang="ar"), request.applicant.id_number])
    if request.agent is not None and not request.is_hidden:
        facts.append([term("agent", lang="ar"), request.agent.full_name])
    if request.land_unit is not None:
        facts.append([term("land_unit", lang="ar"), request.land_unit.label])
    for fee in RequestFee.objects.filter(request=request):
        facts.append([fee.title_ar, format_money(fee.money, "ar")])
    return facts


def submitted_day(request: Request) -> date | None:
    return local_date(request.submitted_at) if request.submitted_at else None
