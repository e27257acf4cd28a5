"""Bank statements: the list, taking one in, one statement with what it offers, its reconciliation."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import DeskForm, once_for
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from modules.finance.bank_papers import reconciliation_paper
from modules.finance.errors.cheques import NothingChosen
from modules.finance.forms.bank import StatementForm
from modules.finance.forms.desk import ReasonForm
from modules.finance.models import BankStatement
from modules.finance.pages.bank_line import confirm_offer
from modules.finance.pages.bank_tables import (
    BankLineFilter,
    BankLineTable,
    StatementFilter,
    StatementTable,
    state_of,
)
from modules.finance.selectors.bank import (
    bank_line_for,
    bank_lines,
    left_of,
    reconciliation,
    statement_for,
    statements,
    unsettled_deposits,
)
from modules.finance.selectors.bank_offers import offers, open_bank_lines, pools
from modules.finance.selectors.books import bank_accounts
from modules.finance.services.bank.importing import discard_statement, import_statements
from modules.finance.services.bank.reading import MOST_BYTES
from modules.finance.services.bank.reconciling import (
    approve_reconciliation,
    prepare_reconciliation,
)

SHOWN = 100


@page(permission="finance.read_bank", module="finance")
@require_GET
def statement_list(request: DeskRequest) -> HttpResponse:
    """Statements of all accounts, newest first."""
    return list_page(
        request,
        table=StatementTable,
        queryset=statements(request.viewer),
        filters=StatementFilter,
        title=_("Bank statements"),
        template="finance/bank/statements.html",
        context={"waiting": unsettled_deposits(request.viewer).count()},
    )


@page(permission="finance.reconcile", module="finance")
@require_http_methods(["GET", "POST"])
def statement_new(request: DeskRequest) -> HttpResponse:
    """Take in a file of the bank; the headings of its sheet are remembered for the account."""
    banks = list(bank_accounts(request.viewer))
    form = StatementForm(
        request.POST or None, request.FILES or None, banks=bank_accounts(request.viewer)
    )
    try:
        if request.method == "POST":
            with once_for(request, "finance.statement") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    upload = form.cleaned_data["file"]
                    made = import_statements(
                        form.cleaned_data["account"],
                        currency=form.cleaned_data["currency"],
                        content=upload.read(MOST_BYTES + 1),
                        name=upload.name,
                        told=form.told(),
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:bank-statement", args=[made[-1].uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/bank/statement_new.html",
        {"form": form, "banks": banks, "tells_columns": form.is_bound and form.errors},
        status=form.status,
    )


@page(permission="finance.read_bank", module="finance")
@require_GET
def statement_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One statement: what of it is not in the books yet with what is offered, and the reconciliation."""
    return _statement(request, statement_for(request.viewer, uid))


def _statement(
    request: DeskRequest, statement: BankStatement, bound: DeskForm | None = None
) -> HttpResponse:
    waiting = [
        one
        for one in open_bank_lines(statement.account, statement.currency)
        if one.on_date <= statement.until
    ]
    may = request.viewer.may("finance.reconcile")
    found = (
        offers(
            request.viewer,
            waiting[:SHOWN],
            pools(statement.account, statement.currency),
            on=today(),
        )
        if may and waiting
        else {}
    )
    return render(
        request,
        "finance/bank/statement.html",
        {
            "statement": statement,
            "state": state_of(statement),
            "rows": [(one, left_of(one), found.get(one.pk)) for one in waiting[:SHOWN]],
            "count": len(waiting),
            "sure": sum(one.is_sure for one in found.values()),
            "figures": reconciliation(
                request.viewer, statement.account, statement.currency, on=statement.until
            ),
            "may_reconcile": may and not statement.is_approved,
            "may_match": may,
            "discard_form": ReasonForm() if bound is None else bound,
            "refused": bound if bound is not None and bound.errors else None,
        },
        status=bound.status if bound is not None else 200,
    )


@page(permission="finance.read_bank", module="finance")
@require_GET
def statement_lines(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Every movement of a statement with what of it is in the books."""
    statement = statement_for(request.viewer, uid)
    return list_page(
        request,
        table=BankLineTable,
        queryset=bank_lines(statement.account, statement.currency).filter(statement=statement),
        filters=BankLineFilter,
        title=_("Movements of statement %(number)s") % {"number": statement.reference},
        template="finance/bank/lines.html",
        context={"statement": statement},
    )


@page(permission="finance.reconcile", module="finance")
@require_POST
def statement_confirm(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Confirm the offer of one line, or all that are sure; each is offered anew and judged by the service."""
    statement = statement_for(request.viewer, uid)
    form = ReasonForm({"reason": "—"})
    form.is_valid()
    try:
        with once_for(request, "finance.match") as once:
            if once.replayed:
                return once.redirect()
            if request.POST.get("line"):
                line = bank_line_for(request.viewer, _uid(request.POST["line"]))
                confirm_offer(line, request.POST.get("offer", ""), by=request.viewer)
            else:
                _confirm_sure(request, statement)
            return once.redirect(reverse("finance:bank-statement", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _statement(request, statement, form)


def _uid(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise NothingChosen() from None


def _confirm_sure(request: DeskRequest, statement: BankStatement) -> None:
    waiting = open_bank_lines(statement.account, statement.currency)
    found = offers(
        request.viewer, waiting, pools(statement.account, statement.currency), on=today()
    )
    sure = [(one, found[one.pk]) for one in waiting if one.pk in found and found[one.pk].is_sure]
    if not sure:
        raise NothingChosen()
    for line, offer in sure[:SHOWN]:
        confirm_offer(line, offer.value, by=request.viewer)


@page(permission="finance.reconcile", module="finance")
@require_POST
def statement_prepare(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Write the figures of the reconciliation down."""
    return _act(request, uid, "finance.prepare", prepare_reconciliation)


@page(permission="finance.approve_reconciliation", module="finance")
@require_POST
def statement_approve(request: DeskRequest, uid: UUID) -> HttpResponse:
    """A second person agrees; nothing up to that day changes afterwards."""
    return _act(request, uid, "finance.approve", approve_reconciliation)


def _act(request: DeskRequest, uid: UUID, name: str, act) -> HttpResponse:  # type: ignore[no-untyped-def]
    statement = statement_for(request.viewer, uid)
    form = ReasonForm({"reason": "—"})
    form.is_valid()
    try:
        with once_for(request, name) as once:
            if once.replayed:
                return once.redirect()
            act(statement, by=request.viewer)
            return once.redirect(reverse("finance:bank-statement", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _statement(request, statement, form)


@page(permission="finance.reconcile", module="finance")
@require_POST
def statement_discard(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Take a wrong file out again."""
    statement = statement_for(request.viewer, uid)
    form = ReasonForm(request.POST)
    try:
        if form.is_valid():
            discard_statement(statement, reason=form.cleaned_data["reason"], by=request.viewer)
            return redirect("finance:bank-statements")
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _statement(request, statement, form)


@page(permission="finance.read_bank", module="finance")
@require_GET
def statement_paper(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The reconciliation on paper: a draft until it is approved."""
    statement = statement_for(request.viewer, uid)
    content = reconciliation_paper(statement, by=request.viewer)
    return HttpResponse(content, content_type="application/pdf")


@page(permission="finance.read_bank", module="finance")
@require_GET
def unknown_deposits(request: DeskRequest) -> HttpResponse:
    """Deposits whose payer nobody knows yet."""
    rows = unsettled_deposits(request.viewer)
    return render(request, "finance/bank/unknown.html", {"rows": rows[:SHOWN]})
