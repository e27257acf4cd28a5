"""One movement of the bank: choose what it is in the books, post it, find its payer, take a match back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from frontend.forms import DeskForm, once_for
from frontend.pages import DeskRequest, page
from kernel.errors import NotVisible, Refusal
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, BounceReason, ChequeState, ChequeWay
from modules.finance.errors.cheques import NothingChosen
from modules.finance.forms.bank import LinePostForm, PayerForm, ReturnedForm
from modules.finance.forms.desk import ReasonForm
from modules.finance.models import BankLine, BudgetLine, Cheque, Line
from modules.finance.pages.cheques import person_of
from modules.finance.selectors.bank import bank_line_for, bank_lines, left_of
from modules.finance.selectors.bank_offers import pools
from modules.finance.selectors.books import roles_snapshot
from modules.finance.selectors.projects import projects_in
from modules.finance.services.bank.matching import (
    PAYER,
    SOURCE,
    clear_ours,
    clear_received,
    collect,
    match_before,
    match_with_books,
    post_from_line,
    posting_day,
    unmatch,
)
from modules.finance.services.bank.unknown import bounce_from_line, keep_unidentified, name_payer

MOST_CANDIDATES = 200


def confirm_offer(line: BankLine, offer: str, *, by: Viewer) -> None:
    """Do what an offer says: `way:ids`. Refuses `NothingChosen` and what the services refuse."""
    way, _colon, listed = offer.partition(":")
    ids = [int(one) for one in listed.split(",") if one.isdecimal() and len(one) < 19]
    if not ids:
        raise NothingChosen()
    _CONFIRM.get(way, _nothing)(line, ids, by)


def _nothing(line: BankLine, ids: list[int], by: Viewer) -> None:
    raise NothingChosen()


def _received(line: BankLine, ids: list[int], by: Viewer) -> None:
    chosen = list(Cheque.objects.filter(pk__in=ids, way=ChequeWay.IN, state=ChequeState.DEPOSITED))
    clear_received(line, chosen, by=by)


def _ours(line: BankLine, ids: list[int], by: Viewer) -> None:
    chosen = Cheque.objects.filter(pk__in=ids, way=ChequeWay.OUT).first()
    if chosen is None:
        raise NothingChosen()
    clear_ours(line, chosen, by=by)


_CONFIRM: dict[str, Callable[[BankLine, list[int], Viewer], Any]] = {
    "books": lambda line, ids, by: match_with_books(line, ids, by=by),
    "on_the_way": lambda line, ids, by: collect(line, ids, by=by),
    "cheques_in": _received,
    "cheque_out": _ours,
}


@page(permission="finance.read_bank", module="finance")
@require_GET
def line_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One movement with everything it might be."""
    return _line(request, bank_line_for(request.viewer, uid))


def _line(
    request: DeskRequest, line: BankLine, bound: DeskForm | None = None, move: str = ""
) -> HttpResponse:
    statement = line.statement
    shown = bank_lines(statement.account, statement.currency).get(pk=line.pk)
    left = left_of(shown)
    may = request.viewer.may("finance.reconcile")
    found = pools(statement.account, statement.currency) if may and left else None
    forms = _forms(shown, left, found.cheques_in if found else []) if may else {}
    if bound is not None and move in forms:
        forms[move] = bound
    inward = left > 0
    return render(
        request,
        "finance/bank/line.html",
        {
            "line": shown,
            "statement": statement,
            "left": left,
            "matches": line.matches.select_related("ledger_line__entry").order_by("id"),
            "books": [(one, left_of(one)) for one in found.books if (left_of(one) > 0) == inward][
                :MOST_CANDIDATES
            ]
            if found
            else [],
            "coming": [(one, left_of(one)) for one in found.coming][:MOST_CANDIDATES]
            if found and inward
            else [],
            "cheques": (found.cheques_in if inward else found.cheques_out)[:MOST_CANDIDATES]
            if found
            else [],
            "inward": inward,
            "forms": forms,
            "refused": bound,
        },
        status=bound.status if bound is not None else 200,
    )


def _forms(line: BankLine, left: Any, at_bank: list[Cheque]) -> dict[str, DeskForm]:
    forms: dict[str, DeskForm] = {}
    if left:
        forms["post"] = LinePostForm(projects=_projects(line))
        if line.seq == 0:
            forms["before"] = ReasonForm({"reason": "—"})
        elif left > 0:
            forms["unknown"] = ReasonForm({"reason": "—"})
        elif any(one.amount == -left for one in at_bank):
            forms["returned"] = ReturnedForm(
                cheques=[one for one in at_bank if one.amount == -left]
            )
    if line.matches.exists():
        if _waits_for_payer(line):
            forms["payer"] = PayerForm()
        forms["unmatch"] = ReasonForm()
    return forms


def _waits_for_payer(line: BankLine) -> bool:
    middle = roles_snapshot.get().get(AccountRole.UNIDENTIFIED.value)
    if middle is None:
        return False
    waits = Line.objects.filter(
        account_id=middle,
        credit__gt=0,
        entry__source__startswith=f"{SOURCE}{line.uid}:",
        entry__reversal=None,
    )
    return waits.exists() and not Line.objects.filter(entry__source=f"{PAYER}{line.uid}").exists()


@page(permission="finance.reconcile", module="finance")
@require_POST
def line_move(request: DeskRequest, uid: UUID, bank_move: str) -> HttpResponse:
    """Do with the movement what was chosen."""
    line = bank_line_for(request.viewer, uid)
    if bank_move not in _DO:
        raise NotVisible()
    form = _typed(request, line, bank_move)
    try:
        with once_for(request, "finance.bank-line") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                _DO[bank_move](request, line, form)
                return once.redirect(reverse("finance:bank-statement", args=[line.statement.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _line(request, line, form, bank_move)


def _typed(request: DeskRequest, line: BankLine, move: str) -> DeskForm:
    if move == "post":
        return LinePostForm(request.POST, projects=_projects(line))
    if move == "payer":
        return PayerForm(request.POST)
    if move == "returned":
        at_bank = pools(line.statement.account, line.statement.currency).cheques_in
        return ReturnedForm(request.POST, cheques=at_bank)
    if move == "unmatch":
        return ReasonForm(request.POST)
    return ReasonForm({"reason": "—"})


def _chosen(request: DeskRequest, line: BankLine, form: Any) -> None:
    """Ticked candidates of one kind: lines of the books, money on its way, or cheques."""
    ids = {way: ",".join(request.POST.getlist(way)) for way in _CONFIRM}
    ticked = [(way, listed) for way, listed in ids.items() if listed]
    if len(ticked) != 1:
        raise NothingChosen()
    way, listed = ticked[0]
    if way == "on_the_way":
        wanted = [int(one) for one in listed.split(",") if one.isdecimal() and len(one) < 19]
        collect(line, wanted, commission=bool(request.POST.get("commission")), by=request.viewer)
        return
    confirm_offer(line, f"{way}:{listed}", by=request.viewer)


def _post(request: DeskRequest, line: BankLine, form: Any) -> None:
    typed = form.cleaned_data
    party = person_of(request, str(typed["party"])).pk if typed["party"] else None
    post_from_line(
        line, form.chosen(), party_id=party, note=typed["note"], project=form.project(), by=request.viewer,
    )  # fmt: skip


def _projects(line: BankLine) -> list[BudgetLine]:
    """Projects that a movement may be of: those of this bank account first."""
    found = projects_in(posting_day(line).year)
    return sorted(found, key=lambda one: one.bank_account_id != line.statement.account_id)


def _returned(request: DeskRequest, line: BankLine, form: Any) -> None:
    typed = form.cleaned_data
    cheque = Cheque.objects.filter(uid=typed["cheque"]).first()
    if cheque is None:
        raise NothingChosen()
    bounce_from_line(line, cheque, reason=BounceReason(typed["reason"]), by=request.viewer)


def _payer(request: DeskRequest, line: BankLine, form: Any) -> None:
    typed = form.cleaned_data
    person = person_of(request, str(typed["party"]))
    name_payer(line, party_id=person.pk, note=typed["note"], by=request.viewer)


_DO: dict[str, Callable[[DeskRequest, BankLine, Any], Any]] = {
    "match": _chosen,
    "post": _post,
    "before": lambda request, line, form: match_before(line, by=request.viewer),
    "unknown": lambda request, line, form: keep_unidentified(line, by=request.viewer),
    "returned": _returned,
    "payer": _payer,
    "unmatch": lambda request, line, form: unmatch(
        line, reason=form.cleaned_data["reason"], by=request.viewer
    ),
}
