"""Working together: take the next step, assign many, mention colleagues, ask another section beside, escalate, undo."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.events.services import emit
from kernel.identity.models import User
from kernel.notifications.services import notify, send_sms
from kernel.organisation.models import Assignment, Section
from kernel.profile.selectors import profile
from kernel.viewer import Viewer
from modules.frontdesk.constants import StepKind, StepState, Verb
from modules.frontdesk.errors import (
    AlreadyDecided,
    NobodyHolds,
    NoTelephone,
    NothingNext,
    NothingToUndo,
    ReasonRequired,
    SectionAlreadyAsked,
    StepNotFound,
)
from modules.frontdesk.events import StepEscalated
from modules.frontdesk.models import Request, RequestStep, TrailEntry
from modules.frontdesk.models.route import ADDED
from modules.frontdesk.selectors.acting import may_act, undoable
from modules.frontdesk.selectors.designing import role_choices
from modules.frontdesk.selectors.inbox import inbox
from modules.frontdesk.services.recording import lock_open_step, lock_running, note, settle
from modules.frontdesk.services.route import announce, mark_open
from modules.frontdesk.services.steps import (
    LEAD,
    WORK,
    advance,
    assign_step,
    require_own_step,
    take_step,
)

_TRIED = 20


def take_next(*, by: Viewer) -> RequestStep:
    """Take up the step of one's sections that is due first and that nobody has; elderly and disabled persons first.

    Two who ask at the same moment get two different steps. Refuses `NothingNext`.
    """
    by.require(WORK)
    with recorded(by=by):
        waiting = inbox(by, "section").filter(assignee=None)
        rows = waiting.select_for_update(of=("self",), skip_locked=True)[:_TRIED]
        for step in rows:
            if may_act(by, step):
                return take_step(step.request.uid, step.uid, by=by)
    raise NothingNext()


def assign_many(
    step_uids: Sequence[UUID | str], *, to: User | None, reason: str, by: Viewer
) -> tuple[int, list[tuple[str, str]]]:
    """Give many steps to a colleague for one reason. What cannot be assigned is told with its sentence; the rest is.

    Needs `frontdesk.lead`. Refuses `ReasonRequired`.
    """
    by.require(LEAD)
    if not reason.strip():
        raise ReasonRequired()
    done, refused = 0, []
    rows = RequestStep.objects.filter(uid__in=list(step_uids)).select_related("request")
    for step in rows.order_by("request_id", "id"):
        try:
            assign_step(step.request.uid, step.uid, to=to, reason=reason, by=by)
            done += 1
        except Refusal as refusal:
            refused.append((step.request.number or "", str(refusal)))
    if done and to is not None:
        with recorded(by=by, reason=reason), in_language("ar"):
            text = _("%(name)s assigned %(count)s steps to you: %(reason)s") % {
                "name": by.name,
                "count": done,
                "reason": reason.strip(),
            }
            notify([to.pk], verb="frontdesk.assigned", text=text, url="/frontdesk/?box=mine", by=by)
    return done, refused


def ask_beside(
    uid: UUID | str, step_uid: UUID | str, *, section: Section, days: int, reason: str, by: Viewer
) -> RequestStep:
    """Split: another section gives its opinion beside the step; the stage goes on when both are done.

    Refuses `ReasonRequired`, `NotYourStep`, `AlreadyDecided`, and `SectionAlreadyAsked`.
    """
    if not reason.strip():
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        request = lock_running(uid, by=by)
        if request.decision:
            raise AlreadyDecided(number=request.number, decision=request.get_decision_display())
        step = lock_open_step(request, step_uid)
        require_own_step(step, by=by)
        beside = RequestStep.objects.filter(request=request, stage=step.stage, section=section)
        if beside.filter(state=StepState.OPEN).exists():
            raise SectionAlreadyAsked(section=section.name)
        asked = RequestStep.objects.filter(request=request, code__startswith=ADDED).count()
        made = RequestStep(
            request=request,
            code=f"{ADDED}{asked + 1}",
            stage=step.stage,
            kind=StepKind.TECHNICAL_CHECK,
            section=section,
            days_allowed=days,
        )
        mark_open(made)
        request.show_to(section_ids=[section.pk])
        note(request, Verb.STEP_OPENED, by=by, step=made, text=reason.strip(), added=True)
        announce(request, made, by=by)
        settle(request, by=by)
    return made


def drop_beside(uid: UUID | str, step_uid: UUID | str, *, reason: str, by: Viewer) -> Request:
    """Join: an opinion that was asked for on the way is no longer needed; the stage goes on without it.

    Refuses `ReasonRequired`, and `StepNotFound` for a step of the version's own route.
    """
    by.require(LEAD)
    if not reason.strip():
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        request = lock_running(uid, by=by)
        step = lock_open_step(request, step_uid)
        if not step.is_added:
            raise StepNotFound()
        step.state = StepState.SKIPPED
        step.save()
        note(request, Verb.STEP_SKIPPED, by=by, step=step, text=reason.strip())
        advance(request, by=by)
    return request


def escalate(uid: UUID | str, step_uid: UUID | str, *, role: str, reason: str, by: Viewer) -> int:
    """Put a step before the holders of a named role, whatever their section; they see the request from now on.

    Refuses `ReasonRequired`, and `NobodyHolds` when nobody sits in the role today. Returns how many were told.
    """
    if not reason.strip():
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        request = lock_running(uid, by=by)
        step = lock_open_step(request, step_uid)
        people = who_holds(role)
        if not people:
            raise NobodyHolds(role=dict(role_choices()).get(role, role))
        request.show_to(user_ids=people)
        note(request, Verb.ESCALATED, by=by, step=step, text=reason.strip(), role=role)
        request.save()
        emit(StepEscalated(str(request.uid), request.number or "", str(step.uid), role), by=by)
        with in_language("ar"):
            words = _("Request %(number)s is put before you: %(step)s. %(reason)s") % {
                "number": request.number,
                "step": step.plan.title.ar,
                "reason": reason.strip(),
            }
        notify(
            people,
            verb="frontdesk.escalated",
            text=words,
            url=f"/frontdesk/requests/{request.uid}",
            by=by,
        )
    return len(people)


def who_holds(role: str) -> list[int]:
    """Those who sit in a role today, in any section."""
    seats = Assignment.objects.filter(role__code=role, starts_on__lte=today(), user__is_active=True)
    return sorted(set(seats.exclude(ends_on__lt=today()).values_list("user_id", flat=True)))


def undo_last(uid: UUID | str, *, by: Viewer) -> Request:
    """Take back one's own last movement, as long as nothing followed it and no right of others hangs on it.

    Taking up and assigning are undone: the step is with whom it was before. What the citizen was told, what was
    decided, charged, printed or completed is not undone; it is sent back or withdrawn. Refuses `NothingToUndo`.
    """
    with recorded(by=by, reason="undo"):
        request = lock_running(uid, by=by)
        last = TrailEntry.objects.filter(request=request).order_by("-id").first()
        if last is None or not undoable(by, [last]):
            raise NothingToUndo(number=request.number)
        step = lock_open_step(request, last.step.uid if last.step else "")
        before = User.objects.filter(pk=last.facts.get("before")).first()
        step.assignee = before
        step.taken_at = timezone.now() if before else None
        step.save()
        note(request, Verb.UNDONE, by=by, step=step, text=str(Verb(last.verb).label))
        settle(request, by=by)
    return request


def tell_by_hand(uid: UUID | str, *, text: str, by: Viewer) -> Request:
    """A text message to the citizen in the clerk's own words, kept on the trail.

    Refuses `ReasonRequired`, and `NoTelephone` where nobody would read it.
    """
    by.require(WORK)
    if not text.strip():
        raise ReasonRequired(field="text")
    with recorded(by=by):
        request = lock_running(uid, by=by)
        if not request.contact_phone:
            raise NoTelephone()
        send_sms(
            phone=request.contact_phone,
            text=f"{profile().name_ar}: {text.strip()} ({request.number})",
            about=request.subject_ref,
            by=by,
        )
        note(request, Verb.TOLD, by=by, text=text.strip())
        request.save()
    return request


def late_steps_with_roles() -> list[RequestStep]:
    """Open steps past their due date whose version names a role to be told, and that were not escalated yet."""
    told = TrailEntry.objects.filter(verb=Verb.ESCALATED, step__isnull=False).values("step_id")
    late = (
        RequestStep.objects.filter(state=StepState.OPEN, due_on__lt=today())
        .exclude(pk__in=told)
        .select_related("section", "request__service_version__service")
        .order_by(F("due_on").asc(), "id")
    )
    return [one for one in late if one.plan.escalate_to and not one.request.is_paused]
