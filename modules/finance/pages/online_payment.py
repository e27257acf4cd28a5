"""One online payment for the staff: what was chosen, what the bank said, what was found out where they differ."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.audit.looking import record_look
from kernel.errors import Refusal
from kernel.viewer import Viewer
from modules.finance.constants import IntentState, RefundState
from modules.finance.errors.online import NothingToFindOut
from modules.finance.forms.desk import ReasonForm
from modules.finance.forms.online import FindingForm, PayBackForm
from modules.finance.models import PaymentIntent
from modules.finance.pages.online import kind_of
from modules.finance.selectors.online import (
    ASK_BACK,
    MANAGE,
    PAY_BACK,
    dues_of_intent,
    intent_for,
)
from modules.finance.services.online import CAMPAIGN_OVER, DECLINED_AFTERWARDS, ask_gateway
from modules.finance.services.online_finding import note_finding
from modules.finance.services.online_refunding import (
    approve_back,
    ask_back,
    may_approve,
    refuse_back,
)

_PROBLEMS = {
    "gateway_away": _("The bank's payment page did not answer; nothing was taken."),
    "amount_differs": _("The bank's word differs from ours."),
    "declined": _("The bank declined the card."),
    "day_already_closed": _("The day was closed: the receipt is written when the next one begins."),
    "period_closed": _("The month is closed: open it, or wait for the next one."),
    "period_missing": _("The month is not open yet."),
    CAMPAIGN_OVER: _(
        "The campaign that was counted on was over when the bank confirmed: what it would have given is still owed."
    ),
    "advance_already_used": _(
        "The bank paid it back, but the advance of its receipt was used meanwhile: undo that first."
    ),
    "rate_missing": _("The rate of the day is not entered."),
    "rate_too_old": _("The rate of the day is not entered."),
}


_TOLD = {
    RefundState.WISHED: _("It was asked for; a second person approves it."),
    RefundState.REFUSED: _("It does not go back; it may be asked for again."),
    RefundState.ASKED: _("The bank was asked and has not answered yet; it is asked again."),
    RefundState.CONFIRMED: _("The bank pays it back; its receipt is taken back as soon as it can."),
    RefundState.DONE: _("The bank pays it back, and its receipt was taken back."),
    RefundState.DECLINED: _("The bank does not pay it back; the receipt stands."),
}


@page(permission="finance.read", module="finance")
@require_GET
def payment_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One payment with its dues, its states and its receipt."""
    return _page(request, intent_for(request.viewer, uid))


@page(permission="finance.manage_gateway", module="finance")
@require_POST
def payment_ask(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Ask the bank now what became of it."""
    intent = intent_for(request.viewer, uid)
    with once_for(request, "finance.online-ask") as once:
        if once.replayed:
            return once.redirect()
        try:
            now = ask_gateway(intent, by=request.viewer)
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        else:
            told = gettext("Asked: %(state)s.") % {"state": now.get_state_display()}
            messages.info(request, told)
        return once.redirect(reverse("finance:online-payment", args=[uid]))


@page(permission="finance.manage_gateway", module="finance")
@require_POST
def payment_finding(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Write what was found out about it."""
    intent = intent_for(request.viewer, uid)
    form = FindingForm(request.POST)
    try:
        with once_for(request, "finance.online-finding") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                note_finding(uid, form.cleaned_data["reason"], by=request.viewer)
                messages.success(request, gettext("What was found out stands with the payment."))
                return once.redirect(reverse("finance:online-payment", args=[uid]))
    except NothingToFindOut as refusal:
        messages.warning(request, str(refusal))
        return redirect("finance:online-payment", uid=uid)
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _page(request, intent, form)


@page(permission="finance.ask_refund_online", module="finance")
@require_POST
def payment_refund(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Ask that it goes back to the card."""
    intent = intent_for(request.viewer, uid)
    form = PayBackForm(request.POST)
    try:
        with once_for(request, "finance.online-refund") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                _say(request, ask_back(uid, reason=form.cleaned_data["why"], by=request.viewer))
                return once.redirect(reverse("finance:online-payment", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _page(request, intent, back=form)


@page(permission="finance.refund_online", module="finance")
@require_POST
def refund_approve(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Approve it as a second person."""
    intent_for(request.viewer, uid)
    with once_for(request, "finance.online-refund-approve") as once:
        if once.replayed:
            return once.redirect()
        try:
            _say(request, approve_back(uid, by=request.viewer))
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        return once.redirect(reverse("finance:online-payment", args=[uid]))


@page(permission="finance.ask_refund_online", module="finance")
@require_POST
def refund_refuse(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Say no, or take one's own wish back."""
    intent = intent_for(request.viewer, uid)
    form = ReasonForm(request.POST, prefix="no")
    try:
        with once_for(request, "finance.online-refund-refuse") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                _say(
                    request,
                    refuse_back(uid, reason=form.cleaned_data["reason"], by=request.viewer),
                )
                return once.redirect(reverse("finance:online-payment", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _page(request, intent, no=form)


def _say(request: DeskRequest, now: PaymentIntent) -> None:
    told = _TOLD.get(RefundState(now.refund_state), _TOLD[RefundState.ASKED])
    messages.info(request, str(told))


def _page(
    request: DeskRequest,
    intent: PaymentIntent,
    form: FindingForm | None = None,
    *,
    back: PayBackForm | None = None,
    no: ReasonForm | None = None,
) -> HttpResponse:
    record_look(table_name="parties_party", row_id=intent.party_id, what="dues", by=request.viewer)
    may = request.viewer.may(MANAGE)
    asks = intent.state not in (IntentState.PAID,) and bool(intent.reference)
    return render(
        request,
        "finance/online/payment.html",
        {
            "intent": intent,
            "kind": kind_of(intent),
            "dues": dues_of_intent(request.viewer, intent),
            "problem": _PROBLEMS.get(intent.problem, intent.problem),
            "declined_afterwards": intent.told == DECLINED_AFTERWARDS,
            "may_ask": may and asks,
            "form": (form or FindingForm()) if may and intent.needs_a_look else None,
            "back": (back or PayBackForm())
            if intent.may_go_back and request.viewer.may(ASK_BACK)
            else None,
            "may_approve": may_approve(intent, request.viewer),
            "no": (no or ReasonForm(prefix="no")) if _may_refuse(intent, request.viewer) else None,
        },
        status=next((one.status for one in (form, back, no) if one), 200),
    )


def _may_refuse(intent: PaymentIntent, viewer: Viewer) -> bool:
    if intent.refund_state != RefundState.WISHED or not viewer.may(ASK_BACK):
        return False
    return viewer.may(PAY_BACK) or intent.refund["by"] == viewer.user_id
