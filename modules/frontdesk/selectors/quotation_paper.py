"""A quotation of fees as a sheet for the citizen: what stands on it, and what whoever scans its code may compare."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.money import format_money
from kernel.profile.selectors import profile
from kernel.terms import term
from modules.frontdesk.definitions import Requirement
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.output import long_day
from modules.frontdesk.selectors.quoting import Quotation, QuotedFee

KIND = "frontdesk.quotation"


def quotation_title() -> str:
    return term("fee_quotation", lang="ar")


def quotation_paper(quotation: Quotation, *, clerk: str) -> dict[str, Any]:
    """The sheet in Arabic: fees with their legal basis, the version they were read from, papers, days, the last day."""
    request, version = quotation.request, quotation.version
    with in_language("ar"):
        person = None if request.is_hidden else request.applicant
        facts = []
        if person is not None and person.id_number:
            facts.append([term("id_number", lang="ar"), person.id_number])
        if request.land_unit is not None:
            facts.append([term("land_unit", lang="ar"), request.land_unit.label])
        notes = [
            "هذا البيان ليس معاملة ولا سند قبض، ولا يُحسب منه موعد. الرسم النهائي ما تقرره إجراءات المعاملة وفق التعرفة السارية.",
        ]
        if not quotation.is_whole:
            notes.append("المجموع هو المعروف اليوم، ويُضاف إليه ما لم يُذكر مبلغه.")
        if profile().is_demo:
            notes.append(_("Demonstration: not an official paper."))
        data: dict[str, Any] = {
            "service": request.design.title.ar,
            "applicant": person.full_name if person else "—",
            "facts": facts,
            "rows": [_row(one) for one in quotation.fees],
            "papers": [
                f"{paper_title(one.code)}{'' if mandatory else _only_if(one)}"
                for one, mandatory in quotation.papers
            ],
            "days": _days(quotation),
            "references": [
                ["الخدمة", version.service.code],
                ["إصدار التعرفة", _("%(number)s, in force from %(day)s") % {
                    "number": version.number, "day": f"{version.in_force_from:%d/%m/%Y}",
                }],
                ["السياسة", quotation.policy.article],
            ],
            "clerk": clerk,
            "notes": notes,
        }  # fmt: skip
        if quotation.totals:
            data["totals"] = [format_money(one, "ar") for one in quotation.totals]
    return data


def public_facts(quotation: Quotation) -> dict[str, str]:
    """What the verification page shows: the service and what was quoted, nobody's name."""
    with in_language("ar"):
        total = "، ".join(format_money(one, "ar") for one in quotation.totals)
        facts = {"service": f"{quotation.version.service.code} {quotation.request.design.title.ar}"}
        return {**facts, "amount": total} if total else facts


def told_fee(one: QuotedFee) -> str:
    """Why a fee has no amount yet."""
    if one.step:
        return _("computed by the step “%(step)s”") % {"step": one.step}
    return _("known when the form is filled in")


def _only_if(one: Requirement) -> str:
    return " (لمن يقدّم بوكالة)" if one.need == "with_agent" else " (إن وجدت)"


def _row(one: QuotedFee) -> dict[str, str]:
    row = {"title": one.fee.title.ar, "basis": one.fee.basis.ar}
    if one.amount is not None:
        return {**row, "amount": format_money(one.amount, "ar")}
    return {**row, "told": told_fee(one)}


def _days(quotation: Quotation) -> str:
    """The days in words, and the day that would be promised today."""
    design = quotation.request.design
    told = design.days_words if design.days == quotation.days else f"{quotation.days} أيام عمل"
    if quotation.promised_on is None:
        return told
    return f"{told} · إن قُدمت اليوم: {long_day(quotation.promised_on)}"
