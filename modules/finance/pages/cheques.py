"""Cheques: the register, the calendar of their days, the safe with the deposit slip, one cheque and its moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import DeskForm, once_for
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from kernel.money import money
from kernel.parties.selectors import ids_of, party_for, party_with_id_number
from modules.finance.cheque_papers import bounce_letter, cheques_taken_paper, deposit_slip
from modules.finance.constants import BounceReason, ChequeState
from modules.finance.errors import PersonUnknown
from modules.finance.forms.cheques import (
    BankForm,
    BounceForm,
    ChequesForm,
    EndorseForm,
    ReplaceForm,
)
from modules.finance.forms.desk import ReasonForm
from modules.finance.models import Cheque, Plan
from modules.finance.models.steps import may_follow
from modules.finance.pages.filters import ChequeFilter
from modules.finance.pages.tables import CHEQUE_KINDS, ChequeTable, totals_by_currency
from modules.finance.selectors.books import bank_accounts
from modules.finance.selectors.cheques import (
    at_the_bank,
    cheque_for,
    cheques,
    in_safe,
    is_covering,
    maturity_calendar,
    steps_of,
    totals_by_state,
)
from modules.finance.selectors.dues import open_charges
from modules.finance.selectors.plans import plan_for
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
from modules.finance.services.cheques.taking import take_cheques

HORIZON = timedelta(days=366)


@page(permission="finance.read_cheques", module="finance")
@require_GET
def cheque_list(request: DeskRequest) -> HttpResponse:
    """The register with filters and totals; the sums by state stand above it."""
    return list_page(
        request,
        table=ChequeTable,
        queryset=cheques(request.viewer),
        filters=ChequeFilter,
        title=_("Cheques"),
        template="finance/cheques.html",
        totals=lambda rows: totals_by_currency(rows, "amount"),
        context={"totals_by_state": totals_by_state(request.viewer)},
    )


@page(permission="finance.read_cheques", module="finance")
@require_GET
def cheque_calendar(request: DeskRequest) -> HttpResponse:
    """What falls due when: overdue in the safe, this week, and month by month for a year."""
    on = today()
    days = maturity_calendar(request.viewer, since=on - HORIZON, until=on + HORIZON)
    months: dict[tuple[int, int], dict[str, Any]] = {}
    for one in days:
        month = months.setdefault(
            (one.day.year, one.day.month), {"first": one.day.replace(day=1), "days": [], "sums": {}}
        )
        month["days"].append((one, one.day <= on))
        month["sums"][one.currency] = month["sums"].get(one.currency, 0) + one.total
    return render(
        request,
        "finance/cheque_calendar.html",
        {"months": [month for _key, month in sorted(months.items())], "today": on},
    )


@page(permission="finance.move_cheques", module="finance")
@require_http_methods(["GET", "POST"])
def cheque_safe(request: DeskRequest) -> HttpResponse:
    """The safe: what may go to the bank today is ticked; one button makes the slip."""
    rows = list(in_safe(request.viewer))
    form = BankForm(request.POST or None, banks=bank_accounts(request.viewer))
    chosen = set(request.POST.getlist("cheques"))
    try:
        if request.method == "POST":
            with once_for(request, "finance.deposit") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    made = deposit_cheques(
                        [one for one in rows if str(one.uid) in chosen],
                        bank=form.cleaned_data["bank"],
                        note=form.cleaned_data["note"],
                        by=request.viewer,
                    )
                    return once.redirect(f"{reverse('finance:cheques-deposited')}?slip={made.slip}")
    except Refusal as refusal:
        form.add_refusal(refusal)
    on = today()
    return render(
        request,
        "finance/cheque_safe.html",
        {
            "form": form,
            "rows": [
                (one, one.dated_on <= on, str(one.uid) in chosen or request.method == "GET")
                for one in rows
            ],
            "today": on,
        },
        status=form.status,
    )


@page(permission="finance.move_cheques", module="finance")
@require_http_methods(["GET", "POST"])
def cheques_deposited(request: DeskRequest) -> HttpResponse:
    """Cheques at the bank, slip by slip; tick those the bank has paid."""
    rows = [
        (one, max(one.steps.all(), key=lambda step: step.pk).facts.get("slip", ""))
        for one in at_the_bank(request.viewer)
    ]
    form = BankForm(request.POST or None, banks=bank_accounts(request.viewer))
    chosen = set(request.POST.getlist("cheques"))
    try:
        if request.method == "POST":
            with once_for(request, "finance.clear") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    clear_cheques(
                        [one for one, _slip in rows if str(one.uid) in chosen],
                        bank=form.cleaned_data["bank"],
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:cheques-deposited"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    slip = request.GET.get("slip", "")
    return render(
        request,
        "finance/cheques_deposited.html",
        {"form": form, "rows": rows, "slip": slip, "chosen": chosen},
        status=form.status,
    )


@page(permission="finance.move_cheques", module="finance")
@require_GET
def deposit_paper(request: DeskRequest, slip: str) -> HttpResponse:
    """The slip that goes with the cheques."""
    return HttpResponse(deposit_slip(slip, by=request.viewer), content_type="application/pdf")


@page(permission="finance.take_cheques", module="finance")
@require_http_methods(["GET", "POST"])
def cheques_new(request: DeskRequest) -> HttpResponse:
    """Take post-dated cheques of a person; without one, ask whose."""
    person = person_asked(request)
    if person is None:
        return render(request, "finance/cheques_whose.html", {"form": EndorseForm()})
    plan = _plan_asked(request, person)
    owed = [
        one
        for one in open_charges(request.viewer, ids_of(person.pk))
        if plan is None or one.pk in plan.charge_ids
    ]
    initial = {
        "drawer": person.full_name,
        "currency": owed[0].currency if owed else "ILS",
        "charges": [str(one.uid) for one in owed],
    } | _of_plan(plan)
    form = ChequesForm(request.POST or None, open_charges=owed, initial=initial)
    try:
        if request.method == "POST":
            with once_for(request, "finance.cheques") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    taken = take_cheques(
                        party_id=person.pk,
                        drawer=form.cleaned_data["drawer"],
                        cheques=form.cheques(),
                        charge_ids=form.charge_ids(),
                        plan=plan,
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:cheque", args=[taken.cheques[0].uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/cheques_new.html",
        {"form": form, "person": person, "owed": owed},
        status=form.status,
    )


def _plan_asked(request: DeskRequest, person: Any) -> Plan | None:
    asked = request.GET.get("plan", "")
    plan = plan_for(request.viewer, UUID(asked)) if asked else None
    return plan if plan is not None and plan.party_id == person.pk else None


def _of_plan(plan: Plan | None) -> dict[str, Any]:
    """The row of cheques that the plan's instalments ask for."""
    if plan is None:
        return {}
    first = plan.schedule[0]
    return {
        "count": len(plan.schedule),
        "amount": first["amount"],
        "currency": plan.currency,
        "first_on": date.fromisoformat(first["due_on"]),
    }


def person_asked(request: DeskRequest) -> Any:
    """The person that the address names, by uid or ID number; None when it names none."""
    asked = request.GET.get("party", "") or request.GET.get("party_text", "")
    return _person(request, asked) if asked else None


def _person(request: DeskRequest, asked: str) -> Any:
    try:
        return party_for(request.viewer, UUID(asked))
    except ValueError:
        found = party_with_id_number(request.viewer, asked)
        if found is None:
            raise PersonUnknown() from None
        return found


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
def cheque_move(request: DeskRequest, uid: UUID, to: str) -> HttpResponse:
    """Do what follows: to the bank, cleared, bounced, endorsed, handed back, replaced, to the lawyer."""
    cheque = cheque_for(request.viewer, uid)
    if to not in _FORMS:
        raise NotVisible()
    form = _FORMS[to](request, cheque, request.POST)
    try:
        with once_for(request, "finance.cheque-move") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                _DO[to](request, cheque, form)
                return once.redirect(reverse("finance:cheque", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _cheque(request, cheque, form, to)


@page(permission="finance.read_cheques", module="finance")
@require_GET
def cheque_paper(request: DeskRequest, uid: UUID, kind: str) -> HttpResponse:
    """The paper given for cheques taken, or the letter about one that bounced."""
    cheque = cheque_for(request.viewer, uid)
    papers = {"taken": cheques_taken_paper, "letter": bounce_letter}
    if kind not in papers:
        raise NotVisible()
    return HttpResponse(papers[kind](cheque, by=request.viewer), content_type="application/pdf")


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
}


def _endorse(request: DeskRequest, cheque: Cheque, form: DeskForm) -> None:
    chosen = form.cleaned_data["party"]
    creditor = _person(request, str(chosen))
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


_DO: dict[str, Callable[[DeskRequest, Cheque, Any], Any]] = {
    "deposited": lambda request, cheque, form: deposit_cheques(
        [cheque], bank=form.cleaned_data["bank"], note=form.cleaned_data["note"], by=request.viewer
    ),
    "cleared": lambda request, cheque, form: clear_cheques(
        [cheque], bank=form.cleaned_data["bank"], by=request.viewer
    ),
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
}
