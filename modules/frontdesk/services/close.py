"""Ends before the end: withdrawn by the citizen, or closed as abandoned (policy FRD-09)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.money import money
from kernel.policies.selectors import value
from kernel.ports import ask, is_provided
from kernel.ports.charges import ChargePort
from kernel.viewer import Viewer
from modules.frontdesk.constants import PAUSED_STATES, PauseKind, State, StepState, Verb
from modules.frontdesk.errors import AlreadyDecided, NothingToComplete, ReasonRequired
from modules.frontdesk.events import RequestWithdrawn
from modules.frontdesk.models import Pause, Request, RequestFee, RequestStep
from modules.frontdesk.selectors.missing import lapses_on
from modules.frontdesk.services.recording import lock_running, note
from modules.frontdesk.services.route import skip_planned


def withdraw_request(uid: UUID | str, *, reason: str, by: Viewer) -> Request:
    """The citizen takes the request back before it is decided. Unpaid fees are credited, paid ones are told as refundable.

    Needs `frontdesk.withdraw`. Refuses `ReasonRequired`, `AlreadyDecided` and `RequestClosed`.
    """
    by.require("frontdesk.withdraw")
    if not reason.strip():
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        request = lock_running(uid, by=by)
        if request.decision:
            raise AlreadyDecided(number=request.number, decision=request.get_decision_display())
        _close(request, reason, lapsed=False, by=by)
    return request


def lapse_request(uid: UUID | str, *, by: Viewer) -> Request:
    """Close a request for which the citizen did not come back in the days of policy FRD-09.

    Refuses `NothingToComplete` while those days are not over, or when it does not wait for the citizen.
    """
    with recorded(by=by, reason="FRD-09"):
        request = lock_running(uid, by=by)
        waiting = waits_since(request)
        if waiting is None or today() < lapses_on(waiting):
            raise NothingToComplete(number=request.number)
        _close(request, str(Verb.LAPSED.label), lapsed=True, by=by)
    return request


def waits_since(request: Request) -> date | None:
    """The day since which the request waits for the citizen (papers or money), None when it does not."""
    pauses = Pause.objects.filter(
        request=request, ended_at=None, kind__in=[PauseKind.CITIZEN, PauseKind.PAYMENT]
    ).values_list("started_on", flat=True)
    return min(pauses, default=None)


def warns_on(waiting_since: date) -> date:
    """The day on which the citizen is warned that it will be closed."""
    return lapses_on(waiting_since) - timedelta(
        days=int(value("FRD-09.warn_days_before", on=today()).value)
    )


def _close(request: Request, reason: str, *, lapsed: bool, by: Viewer) -> None:
    refund_due = RequestFee.objects.filter(request=request, settled_at__isnull=False).exists()
    _credit_unpaid(request, reason, by=by)
    skip_planned(list(RequestStep.objects.filter(request=request).exclude(state=StepState.DONE)))
    for pause in Pause.objects.filter(request=request, ended_at=None):
        pause.ended_at, pause.ended_on = timezone.now(), today()
        pause.save()
    request.state = State.CANCELLED
    request.closed_at = timezone.now()
    request.closing_reason = reason.strip()
    note(
        request,
        Verb.LAPSED if lapsed else Verb.WITHDRAWN,
        by=by,
        text=reason.strip(),
        refund_due=refund_due,
    )
    request.save()
    emit(
        RequestWithdrawn(
            request_uid=str(request.uid),
            number=request.number or "",
            lapsed=lapsed,
            refund_due=refund_due,
        ),
        by=by,
    )


def _credit_unpaid(request: Request, reason: str, *, by: Viewer) -> None:
    """What was charged and not paid is no longer owed; a part paid stays with finance to refund."""
    unpaid = list(
        RequestFee.objects.filter(request=request, settled_at=None, charge_uid__isnull=False)
    )
    if not unpaid or not is_provided(ChargePort):
        return
    port = ask(ChargePort)
    # The right to withdraw was judged above; finance is told by the house, in the actor's name.
    house = Viewer.system(by.name, request_id=by.request_id)
    charges = port.status([str(one.charge_uid) for one in unpaid])
    for fee in unpaid:
        charge = charges.get(str(fee.charge_uid))
        if charge is not None and charge.balance > 0:
            port.credit(
                charge_uid=charge.uid,
                amount=money(charge.balance, charge.currency),
                reason=reason.strip(),
                by=house,
            )


WAITING_STATES = (*PAUSED_STATES, State.WAITING_PAYMENT)
