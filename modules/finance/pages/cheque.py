"""One cheque: what is on it, where it has been, what may follow, its papers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from frontend.forms import DeskForm, once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from kernel.money import money
from modules.finance.cheque_papers import bounce_letter, cheques_taken_paper
from modules.finance.constants import BounceReason, ChequeState
from modules.finance.forms.cheques import (
    BankForm,
    BounceForm,
    EndorseForm,
    ReplaceForm,
)
from modules.finance.forms.desk import ReasonForm
from modules.finance.models import Cheque
from modules.finance.models.steps import may_follow
from modules.finance.pages.cheques import person_of
from modules.finance.pages.tables import CHEQUE_KINDS
from modules.finance.selectors.books import bank_accounts
from modules.finance.selectors.cheques import (
    cheque_for,
    is_covering,
    steps_of,
)
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import (
    clear_cheques,
    deposit_cheques,
    endorse_cheque,
    hand_back_cheque,
    replace_cheque,
    to_the_lawyer,
    withdraw_cheque,
)
from modules.finance.services.spending.paying import call_back_issued, clear_issued


@page(permission="finance.read_cheques", module="finance")
@require_GET
def cheque_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One cheque: what is on it, where it has been, what may follow."""
    return _cheque(request, cheque_for(request.viewer, uid))


def _cheque(
    request: DeskRequest, cheque: Cheque, bound: DeskForm | None = None, move: str = ""
) -> HttpResponse:
    may = (
        may_follow(cheque.machine, cheque.state)
        if request.viewer.may("finance.move_cheques")
        else ()
    )
    forms = {one: make(request, cheque) for one, make in _FORMS.items() if one in may}
    if cheque.state == ChequeState.IN_SAFE and not is_covering(cheque):
        forms.pop("returned", None)
    if cheque.is_received and cheque.state == ChequeState.IN_SAFE and cheque.dated_on > today():
        forms.pop("deposited", None)
    if bound is not None:
        forms[move] = bound
    steps = list(steps_of(request.viewer, cheque))
    return render(
        request,
        "finance/cheque.html",
        {
            "cheque": cheque,
            "kind": CHEQUE_KINDS.get(cheque.state, "neutral"),
            "steps": [(one, str(ChequeState(one.to_state).label)) for one in steps],
            "bounced": any(one.to_state == ChequeState.BOUNCED for one in steps),
            "slip": next(
                (one.facts["slip"] for one in reversed(steps) if one.facts.get("slip")), ""
            ),
            "forms": [(one, _TITLES[one], form) for one, form in forms.items()],
            "receipt": cheque.instrument.receipt if cheque.instrument else None,
        },
        status=bound.status if bound is not None else 200,
    )


@page(permission="finance.move_cheques", module="finance")
@require_POST
def cheque_move(request: DeskRequest, uid: UUID, cheque_state: str) -> HttpResponse:
    """Do what follows: to the bank, cleared, bounced, endorsed, handed back, replaced, to the lawyer."""
    cheque = cheque_for(request.viewer, uid)
    if cheque_state not in _FORMS:
        raise NotVisible()
    form = _FORMS[cheque_state](request, cheque, request.POST)
    try:
        with once_for(request, "finance.cheque-move") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                _DO[cheque_state](request, cheque, form)
                return once.redirect(reverse("finance:cheque", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _cheque(request, cheque, form, cheque_state)


@page(permission="finance.read_cheques", module="finance")
@require_GET
def cheque_paper(request: DeskRequest, uid: UUID, paper: str) -> HttpResponse:
    """The paper given for cheques taken, or the letter about one that bounced."""
    cheque = cheque_for(request.viewer, uid)
    papers = {"taken": cheques_taken_paper, "letter": bounce_letter}
    if paper not in papers:
        raise NotVisible()
    return HttpResponse(papers[paper](cheque, by=request.viewer), content_type="application/pdf")


def _bank(request: DeskRequest, cheque: Cheque, typed: Any = None) -> DeskForm:
    return BankForm(typed, banks=bank_accounts(request.viewer), prefix="")


def _bounce(request: DeskRequest, cheque: Cheque, typed: Any = None) -> DeskForm:
    return BounceForm(typed, currency=cheque.currency)


def _replace(request: DeskRequest, cheque: Cheque, typed: Any = None) -> DeskForm:
    return ReplaceForm(typed, initial={"bank": cheque.bank, "branch": cheque.branch})


_FORMS: dict[str, Callable[..., DeskForm]] = {
    "deposited": _bank,
    "cleared": _bank,
    "bounced": _bounce,
    "in_safe": lambda request, cheque, typed=None: ReasonForm(typed),
    "endorsed": lambda request, cheque, typed=None: EndorseForm(typed),
    "returned": lambda request, cheque, typed=None: ReasonForm(typed),
    "replaced": _replace,
    "legal": lambda request, cheque, typed=None: ReasonForm(typed),
    "void": lambda request, cheque, typed=None: ReasonForm(typed),
    "stopped": lambda request, cheque, typed=None: ReasonForm(typed),
    "stale": lambda request, cheque, typed=None: ReasonForm(typed),
}
_TITLES = {
    "deposited": _("Take it to the bank"),
    "cleared": _("The bank paid it"),
    "bounced": _("The bank returned it"),
    "in_safe": _("Fetch it back from the bank"),
    "endorsed": _("Endorse it to a creditor"),
    "returned": _("Hand it back"),
    "replaced": _("Replace it by another cheque"),
    "legal": _("Send it to the lawyer"),
    "void": _("Void it before it is handed over"),
    "stopped": _("Stop it at the bank"),
    "stale": _("It went out of date"),
}


def _endorse(request: DeskRequest, cheque: Cheque, form: DeskForm) -> None:
    chosen = form.cleaned_data["party"]
    creditor = person_of(request, str(chosen))
    endorse_cheque(
        cheque,
        to_party_id=creditor.pk,
        holder=creditor.full_name,
        note=form.cleaned_data["note"],
        by=request.viewer,
    )


def _do_bounce(request: DeskRequest, cheque: Cheque, form: DeskForm) -> None:
    bounce_cheque(
        cheque,
        reason=BounceReason(form.cleaned_data["reason"]),
        note=form.cleaned_data["note"],
        bank_fee=form.cleaned_data["bank_fee"],
        by=request.viewer,
    )


def _do_clear(request: DeskRequest, cheque: Cheque, form: DeskForm) -> None:
    bank = form.cleaned_data["bank"]
    if cheque.is_received:
        clear_cheques([cheque], bank=bank, by=request.viewer)
    else:
        clear_issued(cheque, bank=bank, by=request.viewer)


def _call_back(to: ChequeState) -> Callable[[DeskRequest, Cheque, Any], Any]:
    return lambda request, cheque, form: call_back_issued(
        cheque, to=to, reason=form.cleaned_data["reason"], by=request.viewer
    )


_DO: dict[str, Callable[[DeskRequest, Cheque, Any], Any]] = {
    "deposited": lambda request, cheque, form: deposit_cheques(
        [cheque], bank=form.cleaned_data["bank"], note=form.cleaned_data["note"], by=request.viewer
    ),
    "cleared": _do_clear,
    "bounced": _do_bounce,
    "in_safe": lambda request, cheque, form: withdraw_cheque(
        cheque, reason=form.cleaned_data["reason"], by=request.viewer
    ),
    "endorsed": _endorse,
    "returned": lambda request, cheque, form: hand_back_cheque(
        cheque, reason=form.cleaned_data["reason"], by=request.viewer
    ),
    "replaced": lambda request, cheque, form: replace_cheque(
        cheque, form.cheque(cheque, money(cheque.amount, cheque.currency)), by=request.viewer
    ),
    "legal": lambda request, cheque, form: to_the_lawyer(
        cheque, note=form.cleaned_data["reason"], by=request.viewer
    ),
    "void": _call_back(ChequeState.VOID),
    "stopped": _call_back(ChequeState.STOPPED),
    "stale": _call_back(ChequeState.STALE),
}
