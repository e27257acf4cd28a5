"""Make a charge smaller without money: exemption, discount, write-off, correction, or from an advance.

The charge is never edited: it was assessed, then reduced by a dated decision, so that revenue forgone can be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import structlog
from django.db import connection

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.money import Money, format_money, money
from kernel.viewer import Viewer
from modules.finance.constants import (
    AccountRole,
    CreditGround,
    CreditKind,
    EntryKind,
    Journal,
    SettlementKind,
)
from modules.finance.errors import (
    AdvanceTooSmall,
    AmountNotPositive,
    ChargeNotOpen,
    CreditAlreadyReversed,
    CreditTooLarge,
    DecisionMissing,
    ReasonMissing,
)
from modules.finance.errors.campaigns import MovedDuesMoveBack
from modules.finance.events import ChargeCredited, ChargeReopened, ChargeSettled
from modules.finance.models import Campaign, Charge, Credit, Entry, Receipt, Settlement
from modules.finance.selectors.books import account_of, base_part, is_held_for_person
from modules.finance.selectors.dues import advance_of
from modules.finance.services.deciding import refuse_undecided
from modules.finance.services.posting import About, credit, debit, post_entry, reverse_entry

log = structlog.get_logger(__name__)

_AGAINST = {
    CreditKind.EXEMPTION: AccountRole.EXEMPTIONS,
    CreditKind.DISCOUNT: AccountRole.DISCOUNTS,
    CreditKind.WRITE_OFF: AccountRole.WRITE_OFFS,
    CreditKind.ADVANCE: AccountRole.ADVANCES,
}


@dataclass(frozen=True, kw_only=True)
class DecisionPaper:
    """The decision on which a reduction rests: its number, date, and whose it is (REV-04)."""

    number: str = ""
    decided_on: date | None = None
    authority: str = ""


NO_PAPER = DecisionPaper()


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What is given: of which kind, how much, why, on which paper; in whose name when a campaign gives it."""

    kind: CreditKind
    amount: Money
    reason: str
    paper: DecisionPaper = NO_PAPER
    journal: str = Journal.GENERAL.value
    campaign: Campaign | None = None
    receipt: Receipt | None = None
    ground: CreditGround = CreditGround.NONE


def credit_charge(
    charge: Charge,
    *,
    kind: CreditKind,
    amount: Money,
    reason: str,
    by: Viewer,
    paper: DecisionPaper = NO_PAPER,
    ground: CreditGround = CreditGround.NONE,
) -> Credit:
    """Grant an exemption, a discount or a write-off by decision, or correct an assessment downwards.

    Refuses `DecisionMissing`, `CreditAboveAuthority` (policy REV-04), `DebtTooYoung` and `WriteOffAboveAuthority`
    (policy FIN-11), `CreditTooLarge`, `ChargeNotOpen`.
    """
    by.require("finance.credit")
    if kind not in _AGAINST | {CreditKind.CORRECTION: None} or kind == CreditKind.ADVANCE:
        raise DecisionMissing(field="kind")
    if kind == CreditKind.CORRECTION:
        return correct_charge(charge, amount=amount, reason=reason, by=by)
    if not paper.number.strip() or paper.decided_on is None:
        raise DecisionMissing()
    with recorded(by=by, reason=reason):
        # Held before it is judged: two discounts at the same moment are judged one after the other.
        held = Charge.objects.select_for_update(of=("self",)).get(pk=charge.pk)
        refuse_undecided(held, kind=kind, amount=amount, on=paper.decided_on, who=paper.authority)
        grant = Grant(kind=kind, amount=amount, reason=reason, paper=paper, ground=ground)
        return grant_credit(held, grant, by=by)


def correct_charge(charge: Charge, *, amount: Money, reason: str, by: Viewer) -> Credit:
    """Take a part of an assessment back against its revenue. For modules too (through the port)."""
    return grant_credit(
        charge, Grant(kind=CreditKind.CORRECTION, amount=amount, reason=reason), by=by
    )


def apply_advance(charge: Charge, *, amount: Money, by: Viewer) -> Credit:
    """Settle a charge from what its person paid in advance. Refuses `AdvanceTooSmall`."""
    by.require("finance.receive")
    with recorded(by=by):
        hold_advance(charge.party_id)
        available = advance_of([charge.party_id]).get(amount.currency.code, Decimal(0))
        if amount.amount > available:
            raise AdvanceTooSmall(available=format_money(money(available, amount.currency.code)))
        reason = "settled from an advance"
        return grant_credit(
            charge, Grant(kind=CreditKind.ADVANCE, amount=amount, reason=reason), by=by
        )


def hold_advance(party_id: int) -> None:
    """Until the transaction ends nobody else spends this person's advance."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('finance.advance:' || current_schema() || %s, 0))",
            [f":{party_id}"],
        )


def reverse_credit(granted: Credit, *, reason: str, by: Viewer) -> None:
    """Take a credit back: its entry is reversed and the charge is owed again. Refuses `CreditAlreadyReversed`."""
    by.require("finance.credit")
    take_credit_back(granted, reason=reason, by=by)


def take_credit_back(granted: Credit, *, reason: str, by: Viewer) -> None:
    """The same for whoever takes a receipt back, with the reductions that came with it."""
    if granted.kind == CreditKind.TRANSFER:
        raise MovedDuesMoveBack()
    with recorded(by=by, reason=reason):
        charge = (
            Charge.objects.select_for_update(of=("self",))
            .select_related("kind")
            .get(pk=granted.charge_id)
        )
        standing = list(Settlement.objects.filter(credit=granted, reverses=None, reversal=None))
        if not standing:
            raise CreditAlreadyReversed()
        entry = reverse_entry(granted.entry, reason=reason, by=by)
        Settlement.objects.bulk_create(
            [taken_back(one, entry_id=entry.pk, on=entry.date) for one in standing]
        )
        if charge.balance <= 0:
            back = sum((one.amount for one in standing), Decimal(0))
            emit(reopened(charge, back, since=granted.entry_id), by=by)


def grant_credit(charge: Charge, grant: Grant, *, by: Viewer) -> Credit:
    """Post the credit and settle the due by it. Whoever calls has judged whether it may be given.

    Refuses `ReasonMissing`, `AmountNotPositive`, `ChargeNotOpen`, `CreditTooLarge`.
    """
    amount, reason = grant.amount, grant.reason.strip()
    if not reason:
        raise ReasonMissing()
    if amount.amount <= 0:
        raise AmountNotPositive()
    with recorded(by=by, reason=reason):
        held = (
            Charge.objects.select_for_update(of=("self",)).select_related("kind").get(pk=charge.pk)
        )
        if held.balance <= 0:
            raise ChargeNotOpen(charge=held.title)
        if amount.currency.code != held.currency or amount.amount > held.balance:
            raise CreditTooLarge(balance=format_money(money(held.balance, held.currency)))
        base = base_part(held, amount.amount)
        entry = _post(held, grant, base=base, by=by)
        granted = write_credit(held, grant, entry=entry, base=base, by=by)
        if is_settled_now(held, amount.amount):
            emit(settled(held, amount.amount), by=by)
    log.info("finance.charge_credited", charge=held.pk, kind=grant.kind.value, by=by.user_id)
    return granted


def write_credit(held: Charge, grant: Grant, *, entry: Entry, base: Decimal, by: Viewer) -> Credit:
    """The rows behind a posted credit: the paper, the settlement, the fact for others."""
    granted = Credit.objects.create(
        charge=held,
        kind=grant.kind,
        amount=grant.amount.amount,
        decision_no=grant.paper.number.strip(),
        decided_on=grant.paper.decided_on,
        authority=grant.paper.authority,
        reason=grant.reason.strip(),
        ground=grant.ground.value,
        entry=entry,
        campaign=grant.campaign,
        receipt=grant.receipt,
        granted_by_id=by.user_id,
        granted_by_name=by.name,
    )
    Settlement.objects.bulk_create(
        [
            Settlement(
                charge=held,
                # What was paid in advance is paid; the rest was given away, taken back or moved.
                kind=(
                    SettlementKind.PAID
                    if grant.kind == CreditKind.ADVANCE
                    else SettlementKind.CREDITED
                ),
                date=entry.date,
                amount=grant.amount.amount,
                base=base,
                credit=granted,
                entry=entry,
            )
        ]
    )
    emit(
        ChargeCredited(
            charge_uid=str(held.uid),
            party_id=held.party_id,
            source_module=held.source_module,
            source_record=held.source_record,
            kind=grant.kind.value,
            amount=grant.amount.amount,
            currency=held.currency,
        ),
        by=by,
    )
    return granted


def _post(held: Charge, grant: Grant, *, base: Decimal, by: Viewer) -> Entry:
    amount, reason = grant.amount, grant.reason.strip()
    against, whose = _against(held, grant.kind)
    rate = base / amount.amount if base else Decimal(1)
    about = About(party_id=held.party_id, charge_id=held.pk, description=reason)
    return post_entry(
        journal=grant.journal,
        kind=EntryKind.CREDIT,
        on=today(),
        description=reason,
        sides=[
            debit(against, amount, base=base, rate=rate, about=whose),
            credit(held.kind.receivable_id, amount, base=base, rate=rate, about=about),
        ],
        by=by,
    )


def _against(held: Charge, kind: CreditKind) -> tuple[int, About]:
    """What a credit is debited to, and whose line it is.

    A deposit that is given up was never paid in: what is held for its person gets smaller, and nothing is forgone.
    """
    person = About(party_id=held.party_id)
    if kind == CreditKind.ADVANCE:
        return account_of(AccountRole.ADVANCES), person
    if is_held_for_person(held):
        return held.kind.revenue_id, person
    if kind != CreditKind.CORRECTION:
        return account_of(_AGAINST[kind]), About()
    return (account_of(AccountRole.OPENING) if held.is_opening else held.kind.revenue_id), About()


def taken_back(one: Settlement, *, entry_id: int, on: date) -> Settlement:
    """The opposite of a settlement."""
    return Settlement(
        charge_id=one.charge_id,
        kind=one.kind,
        date=on,
        amount=-one.amount,
        base=-one.base,
        tendered=-one.tendered,
        receipt_id=one.receipt_id,
        credit_id=one.credit_id,
        entry_id=entry_id,
        reverses=one,
    )


def is_settled_now(charge: Charge, by_amount: Decimal) -> bool:
    """Whether this settles the due whole: of one that was moved in parts, the last open part."""
    if by_amount != charge.balance:
        return False
    return (
        charge.origin_id is None
        or not Charge.objects.filter(origin_id=charge.origin_id, balance__gt=0)
        .exclude(pk=charge.pk)
        .exists()
    )


def settled(charge: Charge, amount: Decimal) -> ChargeSettled:
    return ChargeSettled(
        charge_uid=_known_as(charge),
        party_id=charge.party_id,
        source_module=charge.source_module,
        source_record=charge.source_record,
        amount=amount,
        currency=charge.currency,
    )


def reopened(charge: Charge, amount: Decimal, *, since: int) -> ChargeReopened:
    return ChargeReopened(
        charge_uid=_known_as(charge),
        party_id=charge.party_id,
        source_module=charge.source_module,
        source_record=charge.source_record,
        amount=amount,
        currency=charge.currency,
        since=since,
    )


def _known_as(charge: Charge) -> str:
    """Under which id others know the due: that of the first one, however often it was moved."""
    return str(charge.uid if charge.origin is None else charge.origin.uid)
