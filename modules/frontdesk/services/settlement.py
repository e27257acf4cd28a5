"""What finance tells: a fee is settled, or owed again. Then the route goes on, or waits."""

from __future__ import annotations

from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.events.services import emit
from kernel.money import format_money
from kernel.viewer import Viewer
from modules.frontdesk.constants import StepKind, StepOutcome, StepState, Verb
from modules.frontdesk.events import FeeSettled
from modules.frontdesk.models import Request, RequestFee, RequestStep
from modules.frontdesk.services.deadlines import refresh_deadlines
from modules.frontdesk.services.fees import fees_settled, receipt_number
from modules.frontdesk.services.recording import note, settle
from modules.frontdesk.services.route import (
    end_payment_pause,
    mark_done,
    open_next,
    start_payment_pause,
)


def settle_fee(charge_uid: str, *, by: Viewer) -> RequestFee | None:
    """Finance says that the charge is settled: note it, and let the request go on. Told twice it does nothing twice."""
    with recorded(by=by):
        found = _locked(charge_uid)
        if found is None:
            return None
        request, fee = found
        if fee.settled_at is not None:
            return fee
        fee.settled_at = timezone.now()
        fee.receipt_number = receipt_number(charge_uid)
        fee.save()
        note(
            request,
            Verb.FEE_SETTLED,
            by=by,
            text=f"{fee.title_ar}: {format_money(fee.money)}",
            fee=fee.code,
        )
        emit(
            FeeSettled(
                request_uid=str(request.uid),
                number=request.number or "",
                fee_code=fee.code,
                charge_uid=charge_uid,
            ),
            by=by,
        )
        if not request.is_closed and fees_settled(request):
            _go_on(request, by=by)
        else:
            request.save()
    return fee


def unsettle_fee(charge_uid: str, *, by: Viewer) -> RequestFee | None:
    """The receipt was taken back: the fee is owed again, and nothing is issued or handed over before it is paid."""
    with recorded(by=by):
        found = _locked(charge_uid)
        if found is None:
            return None
        request, fee = found
        if fee.settled_at is None:
            return fee
        fee.settled_at = None
        fee.receipt_number = ""
        fee.save()
        note(
            request,
            Verb.FEE_REOPENED,
            by=by,
            text=f"{fee.title_ar}: {format_money(fee.money)}",
            fee=fee.code,
        )
        if request.is_closed:
            request.save()
            return fee
        steps = list(RequestStep.objects.filter(request=request))
        if _waits_for_money(steps):
            start_payment_pause(request, by=by)
        settle(request, by=by, steps=steps)
    return fee


def _go_on(request: Request, *, by: Viewer) -> None:
    end_payment_pause(request)
    steps = list(
        RequestStep.objects.select_for_update().filter(request=request).order_by("stage", "id")
    )
    for step in steps:
        if step.kind == StepKind.FEE_COLLECTION and step.state == StepState.OPEN:
            mark_done(request, step, StepOutcome.DONE, by=by)
            note(request, Verb.STEP_COMPLETED, by=by, step=step)
    open_next(request, steps, by=by)
    refresh_deadlines(request, steps)
    settle(request, by=by, steps=steps)


def _waits_for_money(steps: list[RequestStep]) -> bool:
    """Before anything is opened, or while collection is open."""
    started = any(one.state != StepState.PLANNED for one in steps)
    collecting = any(
        one.kind == StepKind.FEE_COLLECTION and one.state == StepState.OPEN for one in steps
    )
    return collecting or not started


def _locked(charge_uid: str) -> tuple[Request, RequestFee] | None:
    fee = RequestFee.objects.filter(charge_uid=charge_uid).first()
    if fee is None:
        return None
    requests = Request.objects.select_for_update(of=("self",)).select_related(
        "service_version__service"
    )
    request = requests.get(pk=fee.request_id)
    fee.refresh_from_db()
    return request, fee
