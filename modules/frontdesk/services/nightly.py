"""What the passing of days does: versions come into force, the abandoned is closed, heads hear of delays. Rerunnable."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.clock import Clock
from kernel.calendar.selectors import today, working_calendar
from kernel.notifications.models import Notification
from kernel.notifications.services import notify
from kernel.organisation.selectors import who_may
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.frontdesk.constants import OPEN_STATES, StepKind, StepState
from modules.frontdesk.models import Pause, Request, RequestStep, Service, ServiceVersion
from modules.frontdesk.selectors.catalogue import version_on
from modules.frontdesk.selectors.missing import lapses_on
from modules.frontdesk.services.close import lapse_request, waits_since, warns_on
from modules.frontdesk.services.route import clock_pauses
from modules.frontdesk.services.telling import tell_citizen
from modules.frontdesk.services.together import escalate, late_steps_with_roles, who_holds

LATE = "frontdesk.step_late"


def put_versions_in_force(*, by: Viewer) -> int:
    """Versions published for a day that has come become the ones that new requests run on."""
    changed = 0
    begun = ServiceVersion.objects.filter(
        published_at__isnull=False, in_force_from__gt=F("published_at__date")
    ).filter(in_force_from__lte=today())
    for service in Service.objects.filter(pk__in=begun.values("service_id")):
        newest = version_on(service, today())
        if newest is not None and newest.pk != service.current_id:
            with recorded(by=by):
                service.current = newest
                service.audience, service.group = newest.design.audience, newest.design.group
                service.save()
            changed += 1
    return changed


def close_abandoned(*, by: Viewer) -> int:
    """Policy FRD-09: warn the citizen some days before, then close what nobody came back for."""
    closed = 0
    waiting = Pause.objects.filter(ended_at=None, request__state__in=OPEN_STATES)
    for request in Request.objects.filter(pk__in=waiting.values("request_id")).order_by("id"):
        since = waits_since(request)
        if since is None or request.decision:
            continue
        if today() >= lapses_on(since):
            lapse_request(request.uid, by=by)
            closed += 1
        elif today() == warns_on(since):
            with recorded(by=by):
                tell_citizen(str(request.uid), "idle", by=by)
    return closed


def warn_of_delays(*, by: Viewer) -> int:
    """Policy FRD-02: from a share of a step's days on, those who lead its section hear of it, once a day."""
    percent = int(value("FRD-02.escalate_at_percent", on=today()).value)
    told = 0
    late = (
        RequestStep.objects.filter(
            state=StepState.OPEN, request__state__in=OPEN_STATES, days_allowed__gt=0
        )
        .exclude(kind=StepKind.FEE_COLLECTION)
        .select_related("section", "request__service_version")
        .order_by(F("due_on").asc(nulls_last=True), "id")
    )
    calendar = working_calendar()
    for step in late:
        if step.opened_on is None:
            continue
        clock = Clock(
            calendar, step.opened_on, step.days_allowed, clock_pauses(step.request, step=step)
        )
        if clock.is_paused(today()) or clock.percent_used(today()) < percent:
            continue
        heads = list(who_may("frontdesk.lead", step.section).values_list("id", flat=True))
        url = f"/frontdesk/requests/{step.request.uid}"
        unread = Notification.objects.filter(verb=LATE, url=url, read_at=None).values_list(
            "user_id", flat=True
        )
        new = sorted(set(heads) - set(unread))
        if not new:
            continue
        with in_language("ar"), recorded(by=by):
            text = _("%(step)s of request %(number)s used %(percent)s%% of its days.") % {
                "step": step.plan.title.ar,
                "number": step.request.number,
                "percent": clock.percent_used(today()),
            }
            notify(new, verb=LATE, text=text, url=url, by=by)
        told += 1
    return told


def escalate_late(*, by: Viewer) -> int:
    """Steps past their due date come before the role that the service names for it, once each."""
    told = 0
    for step in late_steps_with_roles():
        role = step.plan.escalate_to
        if not who_holds(role):
            continue
        with in_language("ar"):
            reason = _("past its due date since %(day)s") % {"day": f"{step.due_on:%d/%m/%Y}"}
        escalate(step.request.uid, step.uid, role=role, reason=reason, by=by)
        told += 1
    return told
