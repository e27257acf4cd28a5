"""What the citizen is told at each turn, in plain words, and whose bell rings when work arrives.

Run by handlers after commit: a slow gateway never keeps a clerk waiting. Texts are Arabic, as the citizen reads them.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.calendar.selectors import today
from kernel.money import format_money
from kernel.notifications.services import notify, send_sms
from kernel.organisation.models import Section
from kernel.organisation.selectors import holders_of, staff_of
from kernel.policies.selectors import value
from kernel.profile.selectors import profile
from kernel.viewer import Viewer
from modules.frontdesk.constants import PauseKind, StepKind
from modules.frontdesk.events import StepOpened
from modules.frontdesk.models import Pause, Request, RequestFee, RequestStep
from modules.frontdesk.selectors.missing import deficiency_words


def tell_citizen(request_uid: str, what: str, *, by: Viewer, fee_code: str = "") -> None:
    """Send the applicant a text message about a turn of the request. Without a telephone nothing is sent."""
    request = (
        Request.objects.select_related("service_version__service", "applicant")
        .filter(uid=request_uid)
        .first()
    )
    if request is None or not request.contact_phone:
        return
    if what == "submitted" and not value("FRD-01.receipt_sms", on=today()).value:
        return
    with in_language("ar"):
        text = citizen_words(request, what, fee_code=fee_code)
        if text:
            send_sms(
                phone=request.contact_phone,
                text=f"{profile().name_ar}: {text}",
                about=request.subject_ref,
                by=by,
            )


def citizen_words(request: Request, what: str, *, fee_code: str = "") -> str:
    """The sentence for a turn: the service's own where it has one, else the house's."""
    facts = _facts(request)
    messages = request.design.messages
    if what == "submitted":
        own = messages.submitted.ar
        return (
            own.format_map(facts)
            if own
            else _(
                "Your request %(number)s (%(service)s) was received. It is promised by %(promised_on)s."
            )
            % facts
        )
    if what == "returned":
        return _("Request %(number)s waits for you: %(missing)s.") % {
            **facts,
            "missing": _missing(request),
        }
    if what == "resubmitted":
        return _("Request %(number)s is complete again. It is promised by %(promised_on)s.") % facts
    if what == "fee":
        return _("Request %(number)s: a fee of %(amount)s is to be paid at the cash desk.") % {
            **facts,
            "amount": _amount(request, fee_code),
        }
    if what == "approved":
        own = messages.approved.ar or messages.ready.ar
        return (
            own.format_map(facts)
            if own
            else _("Request %(number)s (%(service)s) was approved.") % facts
        )
    if what == "rejected":
        facts["days"] = str(value("FRD-07.appeal_days", on=today()).value)
        facts["reason"] = request.decision_reason
        own = messages.rejected.ar
        return (
            own.format_map(facts)
            if own
            else _(
                "Request %(number)s was not approved: %(reason)s. You may object within %(days)s days."
            )
            % facts
        )
    if what == "completed":
        return _("Request %(number)s (%(service)s) is completed. Thank you.") % facts
    if what == "revoked":
        return _(
            "The document %(document)s of request %(number)s is no longer valid: %(reason)s Please come to the municipality."
        ) % {
            **facts,
            "document": request.document.number if request.document else "",
            "reason": request.document.revoked_reason if request.document else "",
        }
    if what == "withdrawn":
        return _("Request %(number)s was withdrawn.") % facts
    if what == "lapsed":
        return _("Request %(number)s was closed because it was not completed in time.") % facts
    if what == "idle":
        return _("Request %(number)s will be closed soon unless you complete it: %(missing)s.") % {
            **facts,
            "missing": _missing(request) or _("the fee"),
        }
    return ""


def ring_section(happened: StepOpened, *, by: Viewer) -> None:
    """Ring the bell of those who can do the step: holders of its role in its section, else the section's staff.

    Collection of fees rings nobody: the cashier works from what the citizen shows.
    """
    if happened.kind == StepKind.FEE_COLLECTION:
        return
    section = Section.objects.filter(pk=happened.section_id).first()
    step = (
        RequestStep.objects.select_related("request__service_version")
        .filter(uid=happened.step_uid)
        .first()
    )
    if section is None or step is None or not step.is_open:
        return
    people = holders_of(happened.role, section) if happened.role else staff_of(section)
    ids = list(people.values_list("id", flat=True)) or list(
        staff_of(section).values_list("id", flat=True)
    )
    with in_language("ar"):
        text = _("%(step)s: request %(number)s, %(service)s.") % {
            "step": step.plan.title.ar,
            "number": happened.number,
            "service": step.request.design.title.ar,
        }
    notify(
        ids,
        verb="frontdesk.step_opened",
        text=text,
        url=f"/frontdesk/requests/{happened.request_uid}",
        by=by,
    )


def _facts(request: Request) -> dict[str, str]:
    return {
        "number": request.number or "",
        "service": request.design.title.ar,
        "promised_on": _day(request.promised_on),
    }


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "—"


def _missing(request: Request) -> str:
    pause = Pause.objects.filter(request=request, kind=PauseKind.CITIZEN, ended_at=None).first()
    if pause is None:
        return ""
    return "، ".join(
        deficiency_words(request, one)
        for one in pause.deficiencies.filter(resolved_at=None).order_by("id")
    )


def _amount(request: Request, fee_code: str) -> str:
    fee = RequestFee.objects.filter(request=request, code=fee_code).first()
    return format_money(fee.money, "ar") if fee else ""
