"""Spending: the list, a new request, one spending with what may follow; the budget and its changes; deposits held."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
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
from modules.finance.constants import PayWay, SpendingKind, SpendingState
from modules.finance.forms.attachments import AttachmentForm
from modules.finance.forms.desk import ReasonForm
from modules.finance.forms.spending import (
    ApproveForm,
    BudgetChangeForm,
    BudgetLineForm,
    HandOverForm,
    InvoiceForm,
    NoteForm,
    PayForm,
    SentBackForm,
    SpendingForm,
)
from modules.finance.models import Spending
from modules.finance.models.steps import may_follow
from modules.finance.pages.attached import card_of
from modules.finance.pages.cheques import person_asked, person_of
from modules.finance.pages.filters import SpendingFilter
from modules.finance.pages.tables import SPENDING_KINDS, SpendingTable, totals_by_currency
from modules.finance.selectors.attachments import papers_of_spending
from modules.finance.selectors.books import accounts, bank_accounts, base_currency
from modules.finance.selectors.chequebooks import next_leaf
from modules.finance.selectors.deposits import WAITING, owed_before_refund, refund_of
from modules.finance.selectors.payables import CLOSED, left_of, set_offs_of
from modules.finance.selectors.projects import movements_under, received_under
from modules.finance.selectors.spending import (
    budget_line_for,
    budget_lines,
    execution,
    is_its_approver,
    spending_for,
    spendings,
)
from modules.finance.selectors.staff_advances import advance_left, settlements_of
from modules.finance.selectors.suppliers import like_it
from modules.finance.services.budgeting import Project, add_line, supplement, transfer
from modules.finance.services.spending.approving import (
    approve_spending,
    authority_label,
    enter_invoice,
    needed_authority,
)
from modules.finance.services.spending.asking import (
    commit_spending,
    request_spending,
)
from modules.finance.services.spending.paying import PaidBy, hand_over, pay_out
from modules.finance.services.spending.returning import (
    MAY_REJECT,
    issued_by,
    reject_spending,
    send_payment_back,
)
from modules.finance.spending_papers import payment_voucher


@page(permission="finance.read_spending", module="finance")
@require_GET
def spending_list(request: DeskRequest) -> HttpResponse:
    """Requests and payments with their state and totals."""
    return list_page(
        request,
        table=SpendingTable,
        queryset=spendings(request.viewer),
        filters=SpendingFilter,
        title=_("Spending"),
        template="finance/spendings.html",
        totals=lambda rows: totals_by_currency(rows, "amount"),
    )


@page(permission="finance.request_spending", module="finance")
@require_http_methods(["GET", "POST"])
def spending_new(request: DeskRequest) -> HttpResponse:
    """Ask for money to be spent: for whom, for what, from which line of the budget."""
    lines = budget_lines(request.viewer, year=today().year)
    form = SpendingForm(
        request.POST or None, budget=lines, initial={"currency": base_currency(today())}
    )
    if (payee := person_asked(request)) is not None:
        form.fields["party"].widget.chosen = payee
        form.initial["party"] = str(payee.uid)
    try:
        if request.method == "POST":
            with once_for(request, "finance.spending") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    made = request_spending(
                        kind=SpendingKind(form.cleaned_data["kind"]),
                        party_id=person_of(request, str(form.cleaned_data["party"])).pk,
                        purpose=form.cleaned_data["purpose"],
                        lines=form.lines(),
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:spending", args=[made.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(request, "finance/spending_new.html", {"form": form}, status=form.status)


@page(permission="finance.read_spending", module="finance")
@require_GET
def spending_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One spending: what for, how far, who signed, what may follow."""
    return show_spending(request, spending_for(request.viewer, uid))


SENT_BACK = "sent_back"
_NEEDS: dict[str, tuple[str, ...]] = {
    "committed": ("finance.commit_spending",),
    "invoiced": ("finance.commit_spending",),
    "approved": ("finance.read_spending",),
    "issued": ("finance.pay_out",),
    "handed_over": ("finance.pay_out",),
    SENT_BACK: ("finance.pay_out",),
    "rejected": MAY_REJECT,
}
_TITLES = {
    "committed": _("Commit against the budget"),
    "invoiced": _("Enter the invoice"),
    "approved": _("Approve the payment"),
    "issued": _("Pay out"),
    "handed_over": _("Received by the payee"),
    SENT_BACK: _("Sent back: to be paid again"),
    "rejected": _("Reject"),
}


def _form(request: DeskRequest, spending: Spending, to: str, typed: Any = None) -> DeskForm:
    if to == "issued":
        banks = bank_accounts(request.viewer)
        leaf = next_leaf(banks[0]) if banks else None
        return PayForm(
            typed,
            banks=banks,
            owes=owed_before_refund(spending, on=today()) is not None,
            initial={"reference": leaf or ""},
        )
    kinds: dict[str, type[DeskForm]] = {
        "committed": NoteForm,
        "invoiced": InvoiceForm,
        "approved": ApproveForm,
        "handed_over": HandOverForm,
        SENT_BACK: SentBackForm,
        "rejected": ReasonForm,
    }
    return kinds[to](typed)


def _offered(request: DeskRequest, spending: Spending, leaves: bool) -> list[str]:
    """Moves a person makes by hand; a cheque comes back on its own page, another payment is sent back here.

    A set-off closes and reopens it by itself. Who approved it leaves paying it to another.
    """
    follows = [one for one in may_follow("spending", spending.state) if one != "set_off"]
    if "issued" in follows and leaves:
        follows.remove("issued")
    if spending.set_off:
        follows = [one for one in follows if one != "rejected"]
    if spending.state in CLOSED:
        follows.remove("approved")
    if spending.state in {SpendingState.ISSUED, SpendingState.HANDED_OVER}:
        paid = issued_by(spending)
        if paid is not None and paid.facts.get("way") != PayWay.CHEQUE:
            follows.append(SENT_BACK)
    return [to for to in follows if any(request.viewer.may(one) for one in _NEEDS[to])]


def show_spending(
    request: DeskRequest,
    spending: Spending,
    bound: DeskForm | None = None,
    move: str = "",
    *,
    papers: AttachmentForm | None = None,
) -> HttpResponse:
    """The spending's page; again with what was typed when something was refused."""
    leaves = spending.state == SpendingState.APPROVED and is_its_approver(spending, request.viewer)
    forms = {to: _form(request, spending, to) for to in _offered(request, spending, leaves)}
    if bound is not None:
        forms[move] = bound
    known = {one.pk: one for one in accounts(request.viewer)}
    is_advance = spending.kind == SpendingKind.STAFF_ADVANCE
    return render(
        request,
        "finance/spending.html",
        {
            "spending": spending,
            "kind": SPENDING_KINDS.get(spending.state, "info"),
            "lines": [
                (known[one["account"]], one, Decimal(one["amount"])) for one in spending.lines
            ],
            "steps": [
                (one, str(SpendingState(one.to_state).label))
                for one in spending.steps.select_related("entry").order_by("id")
            ],
            "cheques": spending.cheques.order_by("id"),
            "set_offs": set_offs_of(spending),
            "left": left_of(spending).amount if spending.set_off else None,
            "alike": like_it(spending)[:5],
            "authority": authority_label(needed_authority(spending.base)[0]),
            "advance": advance_left(spending, on=today()) if is_advance else None,
            "settlements": settlements_of(spending) if is_advance else (),
            "refund": refund_of(spending, on=today()),
            "owed_first": owed_before_refund(spending, on=today())
            if spending.state in WAITING
            else None,
            "leaves_paying": leaves,
            "is_paid": spending.state in {SpendingState.ISSUED, SpendingState.HANDED_OVER},
            "forms": [(to, _TITLES[to], form) for to, form in forms.items()],
            "card": card_of(
                request,
                papers_of_spending(request.viewer, spending),
                action=reverse("finance:spending-attach", args=[spending.uid]),
                form=papers,
            ),
        },
        status=next((one.status for one in (bound, papers) if one is not None), 200),
    )


@page(permission="finance.read_spending", module="finance")
@require_POST
def spending_move(request: DeskRequest, uid: UUID, spending_state: str) -> HttpResponse:
    """Do the next step; the service asks for the right to it."""
    spending = spending_for(request.viewer, uid)
    if spending_state not in _DO:
        raise NotVisible()
    form = _form(request, spending, spending_state, request.POST)
    try:
        with once_for(request, "finance.spending-move") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                _DO[spending_state](request, spending, form.cleaned_data)
                return once.redirect(reverse("finance:spending", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return show_spending(request, spending, form, spending_state)


_DO: dict[str, Callable[[DeskRequest, Spending, dict[str, Any]], Any]] = {
    "committed": lambda request, spending, typed: commit_spending(
        spending, note=typed["note"], by=request.viewer
    ),
    "invoiced": lambda request, spending, typed: enter_invoice(
        spending, reference=typed["reference"], note=typed["note"], by=request.viewer
    ),
    "approved": lambda request, spending, typed: approve_spending(
        spending, note=typed["note"], decision_no=typed["decision_no"], by=request.viewer
    ),
    "issued": lambda request, spending, typed: pay_out(
        spending,
        PaidBy(
            way=PayWay(typed["way"]),
            bank=typed["bank"],
            reference=typed["reference"],
            dated_on=typed["dated_on"],
            despite_dues=typed.get("despite_dues", ""),
        ),
        by=request.viewer,
    ),
    "handed_over": lambda request, spending, typed: hand_over(
        spending, receiver=typed["receiver"], id_number=typed["id_number"], by=request.viewer
    ),
    SENT_BACK: lambda request, spending, typed: send_payment_back(
        spending, on=typed["on"], reason=typed["reason"], by=request.viewer
    ),
    "rejected": lambda request, spending, typed: reject_spending(
        spending, reason=typed["reason"], by=request.viewer
    ),
}


@page(permission="finance.read_spending", module="finance")
@require_GET
def spending_paper(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The payment voucher, once it is paid out."""
    spending = spending_for(request.viewer, uid)
    content = payment_voucher(spending, by=request.viewer)
    return HttpResponse(content, content_type="application/pdf")


@page(permission="finance.read_spending", module="finance")
@require_GET
def budget_page(request: DeskRequest) -> HttpResponse:
    """The budget of a year and its execution."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else today().year
    return render(
        request,
        "finance/budget.html",
        {
            "year": year,
            "years": range(today().year - 2, today().year + 2),
            "rows": execution(request.viewer, year=year),
            "base": base_currency(today()),
        },
    )


@page(permission="finance.manage_budget", module="finance")
@require_http_methods(["GET", "POST"])
def budget_new(request: DeskRequest) -> HttpResponse:
    """A line of the original budget, with its decision."""
    form = BudgetLineForm(request.POST or None, initial={"year": today().year})
    try:
        if request.method == "POST":
            with once_for(request, "finance.budget") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    typed = form.cleaned_data
                    add_line(
                        year=typed["year"],
                        account=typed["account"],
                        amount=typed["amount"].amount,
                        fund=typed["fund"],
                        control=typed["control"],
                        project=_project(request, typed),
                        paper=form.paper(),
                        by=request.viewer,
                    )
                    return once.redirect(f"{reverse('finance:budget')}?year={typed['year']}")
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(request, "finance/budget_new.html", {"form": form}, status=form.status)


def _project(request: DeskRequest, typed: dict[str, Any]) -> Project | None:
    """What was typed of a project: its name, who pays for it, and the account kept apart."""
    if not typed["project"]:
        return None
    donor = person_of(request, str(typed["donor"])) if typed["donor"] else None
    account = typed["bank_account"]
    return Project(
        name=typed["project"],
        donor_id=donor.pk if donor else None,
        bank_account_id=account.pk if account else None,
    )


@page(permission="finance.read_spending", module="finance")
@require_http_methods(["GET", "POST"])
def budget_line_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One line with its moves; a supplement or a transfer by decision."""
    line = budget_line_for(request.viewer, uid)
    others = budget_lines(request.viewer, year=line.year).exclude(pk=line.pk)
    form = BudgetChangeForm(request.POST or None, others=others)
    try:
        if request.method == "POST":
            with once_for(request, "finance.budget-change") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    amount = form.cleaned_data["amount"].amount
                    if form.cleaned_data["to"]:
                        target = form.cleaned_data["to"]
                        transfer(line, target, amount=amount, paper=form.paper(), by=request.viewer)
                    else:
                        supplement(line, amount=amount, paper=form.paper(), by=request.viewer)
                    return once.redirect(reverse("finance:budget-line", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    line.refresh_from_db()
    return render(
        request,
        "finance/budget_line.html",
        {
            "line": line,
            "moves": line.moves.select_related("spending").order_by("-id")[:200],
            "movements": movements_under(request.viewer, line)[:200],
            "received": received_under(line),
            "form": form if request.viewer.may("finance.manage_budget") else None,
            "base": base_currency(today()),
        },
        status=form.status,
    )
