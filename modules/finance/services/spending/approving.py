"""Enter the invoice, and approve the payment by who may for such an amount (FIN-03), apart from who prepared it (FIN-12)."""

from __future__ import annotations

from decimal import Decimal

import structlog
from django.db import IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import Money, format_money, money
from kernel.parties.selectors import ids_of
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import (
    AccountRole,
    Authority,
    EntryKind,
    Fund,
    Journal,
    SpendingKind,
    SpendingState,
)
from modules.finance.errors import ReasonMissing
from modules.finance.errors.spending import (
    ApprovalAboveAuthority,
    CouncilDecisionMissing,
    SamePersonTwice,
)
from modules.finance.errors.suppliers import InvoiceTwice
from modules.finance.models import Account, BudgetLine, Spending
from modules.finance.selectors.books import account_of, base_currency
from modules.finance.services.budgeting import spend
from modules.finance.services.credits import hold_advance
from modules.finance.services.posting import About, Side, credit, debit, post_entry
from modules.finance.services.setting_off import close_when_whole
from modules.finance.services.spending.asking import (
    REFUNDS,
    base_parts,
    budget_parts,
    held_spending,
    refuse_unheld,
    uncommit,
)
from modules.finance.services.spending.petty import refuse_overfull
from modules.finance.services.stepping import Move, take_step_of_spending

log = structlog.get_logger(__name__)
ACCOUNTANT = "accountant"
# From the smallest to the greatest authority: the permission by which somebody has it.
AUTHORITIES: tuple[tuple[str, str], ...] = (
    (ACCOUNTANT, "finance.commit_spending"),
    (Authority.FINANCE_MANAGER.value, "finance.approve_spending"),
    (Authority.MAYOR.value, "finance.approve_spending_mayor"),
)


def enter_invoice(spending: Spending, *, reference: str, note: str = "", by: Viewer) -> Spending:
    """The goods and the invoice are there: expense against payable, the commitment becomes an expense.

    Refuses `ReasonMissing` without the invoice's number, `SpendingMoveNotAllowed`, `PeriodClosed`, and
    `DepositTooSmall` for a refund of what is no longer held (forfeited, or its receipt was cancelled), `InvoiceTwice`,
    `PettyCashOverfull` (FIN-02).
    """
    by.require("finance.commit_spending")
    if not reference.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=note):
        held = held_spending(spending, SpendingState.INVOICED)
        _refuse_gone(held)
        if held.kind == SpendingKind.PETTY_CASH:
            refuse_overfull(money(held.amount, held.currency), asking=False)
        _keep_invoice(held, reference)
        uncommit(held, reason=held.number_text, by=by)
        for line, base in budget_parts(held):
            spend(line, base, spending=held, by=by)
        entry = post_entry(
            journal=Journal.GENERAL.value,
            kind=EntryKind.SPENDING,
            on=today(),
            description=f"{held.number_text} {reference}".strip(),
            sides=_invoice_sides(held, reference),
            by=by,
        )
        facts = {"invoice": reference.strip()}
        move = Move(to=SpendingState.INVOICED, on=today(), note=note, facts=facts, entry=entry)
        take_step_of_spending(held, move, by=by)
    return held


def _keep_invoice(spending: Spending, reference: str) -> None:
    """A supplier's invoice is entered once, whichever of its merged records it was bought under."""
    if spending.kind != SpendingKind.PURCHASE:
        return
    number = " ".join(reference.split()).upper()
    entered = Spending.objects.filter(party_id__in=ids_of(spending.party_id), invoice=number)
    twice = entered.exclude(state=SpendingState.REJECTED).first()
    if twice is not None:
        raise InvoiceTwice(number=number, spending=twice.number_text)
    spending.invoice = number
    try:
        with transaction.atomic():
            spending.save(update_fields=["invoice"])
    except IntegrityError as error:
        raise InvoiceTwice(number=number, spending="…") from error


def _refuse_gone(spending: Spending) -> None:
    if spending.kind not in REFUNDS:
        return
    hold_advance(spending.party_id)
    accounts = Account.objects.in_bulk([one["account"] for one in spending.lines])
    for one in spending.lines:
        amount = money(Decimal(one["amount"]), spending.currency)
        refuse_unheld(spending.party_id, accounts[one["account"]], amount, but_for=spending)


def _invoice_sides(spending: Spending, reference: str) -> list[Side]:
    sides = []
    wanted = [one["budget_line"] for one in spending.lines if one["budget_line"]]
    funds = dict(BudgetLine.objects.filter(pk__in=wanted).values_list("pk", "fund"))
    for one, base in zip(spending.lines, base_parts(spending), strict=True):
        about = About(
            party_id=spending.party_id,
            budget_line_id=one["budget_line"],
            fund=funds.get(one["budget_line"], Fund.CURRENT.value),
            description=one["text"] or reference,
        )
        amount = money(Decimal(one["amount"]), spending.currency)
        sides.append(debit(one["account"], amount, base=base, rate=spending.rate, about=about))
    about = About(party_id=spending.party_id, description=reference)
    whole = money(spending.amount, spending.currency)
    payables = account_of(AccountRole.PAYABLES)
    return [*sides, credit(payables, whole, base=spending.base, rate=spending.rate, about=about)]


def needed_authority(base: Decimal) -> tuple[str, Money | None]:
    """FIN-03: who approves an amount in base currency; above the last band the council, with that band's limit."""
    on = today()
    for who, key in (
        (ACCOUNTANT, "FIN-03.accountant_max"),
        (Authority.FINANCE_MANAGER.value, "FIN-03.finance_manager_max"),
        (Authority.MAYOR.value, "FIN-03.mayor_max"),
    ):
        limit: Money = value(key, on=on).value
        if base <= limit.amount:
            return who, None
    return Authority.COUNCIL.value, limit


def approve_spending(
    spending: Spending, *, note: str = "", decision_no: str = "", by: Viewer
) -> Spending:
    """Approve the payment order. The council's approval is entered by the mayor with the decision's number. What was
    set off whole by then is closed.

    Refuses `ApprovalAboveAuthority` (FIN-03), `SamePersonTwice` (FIN-12), `CouncilDecisionMissing`,
    `SpendingMoveNotAllowed`.
    """
    by.require("finance.read_spending")
    with recorded(by=by, reason=note):
        held = held_spending(spending, SpendingState.APPROVED)
        _refuse_prepared_by(held, by)
        who, limit = needed_authority(held.base)
        if who == Authority.COUNCIL:
            _refuse_without(by, Authority.MAYOR.value, held)
            if not decision_no.strip() and limit is not None:
                raise CouncilDecisionMissing(limit=format_money(limit))
        else:
            _refuse_without(by, who, held)
        facts = {"authority": who, "decision": decision_no.strip()}
        move = Move(to=SpendingState.APPROVED, on=today(), note=note, facts=facts)
        take_step_of_spending(held, move, by=by)
        close_when_whole(held, by=by)
    log.info("finance.spending_approved", spending=held.pk, authority=who, by=by.user_id)
    return held


def _refuse_without(by: Viewer, who: str, spending: Spending) -> None:
    """A greater authority includes the smaller ones."""
    names = [name for name, _permission in AUTHORITIES]
    enough = AUTHORITIES[names.index(who) :]
    if not any(by.may(permission) for _name, permission in enough):
        amount = money(spending.base, base_currency(today()))
        raise ApprovalAboveAuthority(amount=format_money(amount), authority=authority_label(who))


def authority_label(who: str) -> str:
    """How an authority is called on screens and papers."""
    return "المحاسب" if who == ACCOUNTANT else str(Authority(who).label)


def _refuse_prepared_by(spending: Spending, by: Viewer) -> None:
    """FIN-12: whoever prepared a payment does not approve it."""
    apart = value("FIN-12.maker_checker", on=today()).value
    if not apart or by.user_id is None:
        return
    if spending.steps.filter(taken_by_id=by.user_id).exists():
        raise SamePersonTwice()
