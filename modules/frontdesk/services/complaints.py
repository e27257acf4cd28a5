"""Complaints and what follows a decision: merge of doubles, the citizen's rating, objection in its days."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.viewer import Viewer
from modules.frontdesk.constants import State, StepState, Verb
from modules.frontdesk.errors import (
    NothingToObjectTo,
    NotRateable,
    NotTheSameService,
    ObjectionTooLate,
    ReasonRequired,
)
from modules.frontdesk.events import ObjectionOpened, RequestMerged, RequestRated
from modules.frontdesk.models import Pause, Request, RequestStep, TrailEntry
from modules.frontdesk.selectors.objecting import objection_days
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.selectors.tracking import find_tracked
from modules.frontdesk.services.draft import Persons, open_draft
from modules.frontdesk.services.recording import entry, lock_request, lock_running, note
from modules.frontdesk.services.route import skip_planned
from modules.frontdesk.services.steps import LEAD

OBJECTION = "FD-001"
SCORES = range(1, 6)


def merge_complaints(uid: UUID | str, *, into: UUID | str, reason: str, by: Viewer) -> Request:
    """Close a complaint as the double of another; who made it hears of the other's outcome.

    Needs `frontdesk.lead`. Refuses `ReasonRequired` and `NotTheSameService`; what is decided is not merged.
    """
    by.require(LEAD)
    if not reason.strip():
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        # Both are held in one order, so that two who merge crosswise do not wait for one another for ever.
        held = {str(one): lock_running(one, by=by) for one in sorted({str(uid), str(into)})}
        double, kept = held[str(uid)], held[str(into)]
        same = double.service_version.service_id == kept.service_version.service_id
        if double.pk == kept.pk or not same or double.decision or double.merged.exists():
            raise NotTheSameService()
        open_steps = RequestStep.objects.filter(request=double).exclude(
            state__in=[StepState.DONE, StepState.SKIPPED]
        )
        skip_planned(list(open_steps))
        for pause in Pause.objects.filter(request=double, ended_at=None):
            pause.ended_at, pause.ended_on = timezone.now(), today()
            pause.save()
        double.merged_into = kept
        double.state, double.closed_at = State.CANCELLED, timezone.now()
        double.closing_reason = reason.strip()
        note(double, Verb.MERGED, by=by, text=f"{kept.number}: {reason.strip()}")
        double.save()
        kept.show_to(user_ids=[double.opened_by_id])
        note(kept, Verb.MERGED, by=by, text=f"{double.number}: {reason.strip()}")
        kept.save()
        numbers = (double.number or "", kept.number or "")
        emit(RequestMerged(str(double.uid), numbers[0], str(kept.uid), numbers[1]), by=by)
    return kept


def rate_request(*, number: str, phone: str, score: int, text: str = "", address: str = "") -> None:
    """What the citizen thinks of it, once, after it is finished; asked with the number and the telephone.

    Refuses what tracking refuses, and `NotRateable`.
    """
    found = find_tracked(number=number, phone=phone, address=address)
    citizen = Viewer.citizen()
    with recorded(by=citizen):
        request = (
            Request.objects.select_for_update(of=("self",))
            .select_related("service_version__service")
            .get(pk=found.pk)
        )
        rated = TrailEntry.objects.filter(request=request, verb=Verb.RATED).exists()
        if not request.is_closed or rated or score not in SCORES:
            raise NotRateable()
        entry(request, Verb.RATED, by=citizen, text=text.strip()[:1000], score=score).save()
        code = request.service_version.service.code
        emit(RequestRated(str(request.uid), str(request.number), code, score), by=citizen)


def object_to(uid: UUID | str, *, reason: str, by: Viewer) -> Request:
    """Open the citizen's objection to a decision, while its days last (policy FRD-07); dues never stop it here.

    It is a petition of its own that names the decision. Refuses `ReasonRequired`, `NothingToObjectTo` and
    `ObjectionTooLate`.
    """
    by.require("frontdesk.open")
    if not reason.strip():
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        request = lock_request(uid, by=by)
        if not request.decision or request.decided_at is None:
            raise NothingToObjectTo(number=request.number)
        days, last = objection_days(request.decided_at)
        if today() > last:
            raise ObjectionTooLate(days=days, number=request.number, day=last)
        with in_language("ar"):
            subject = _("Objection to the decision on %(number)s") % {"number": request.number}
        full = request_for(by, uid)
        made = open_draft(
            OBJECTION,
            persons=Persons(
                applicant=full.applicant, beneficiary=full.beneficiary, land_unit=full.land_unit
            ),
            answers={"subject": subject, "details": reason.strip()},
            contact_phone=request.contact_phone,
            follows=request,
            by=by,
        )
        note(request, Verb.OBJECTED, by=by, text=reason.strip())
        request.save()
        emit(ObjectionOpened(str(request.uid), request.number or "", str(made.uid)), by=by)
    return made
