"""A cheque that the bank returns: the dues are owed again, the cost is charged, plans and holds hear of it.

The cheque of a receipt had settled dues: what it was worth is taken back from them, the last settled first. A
post-dated cheque had only covered them. What was kept as an advance and is used up by now becomes a due of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import structlog

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.holds.services import raise_hold
from kernel.money import Money, money
from kernel.parties.selectors import ids_of
from kernel.policies.selectors import value
from kernel.ports.charges import ChargeSource
from kernel.viewer import Viewer
from modules.finance.constants import (
    CHEQUES_BARRED,
    AccountRole,
    BounceReason,
    ChequeState,
    EntryKind,
    Journal,
    SettlementKind,
)
from modules.finance.events import ChequeBounced
from modules.finance.models import (
    Account,
    Charge,
    Cheque,
    Entry,
    Instrument,
    Line,
    Settlement,
    Step,
)
from modules.finance.selectors.books import (
    account_of,
    in_base,
    in_smallest_unit,
    kinds_by_id,
    rate_on,
)
from modules.finance.selectors.cheques import is_covering, times_bounced
from modules.finance.selectors.dues import advance_of
from modules.finance.services.campaigning import take_reductions_back
from modules.finance.services.charging import assess_charge
from modules.finance.services.cheques.moving import held_cheques, move_side
from modules.finance.services.credits import hold_advance, reopened
from modules.finance.services.planning import default_plan
from modules.finance.services.posting import (
    About,
    Side,
    base_difference,
    credit,
    debit,
    in_base_excess,
    post_entry,
)
from modules.finance.services.stepping import Move, take_steps

log = structlog.get_logger(__name__)
NOTHING = Decimal(0)


@dataclass(frozen=True)
class TakenBack:
    """How much of a due is owed again, and what it was worth of the cheque."""

    charge: Charge
    amount: Money
    base: Decimal
    tendered: Decimal


def bounce_cheque(
    cheque: Cheque,
    *,
    reason: BounceReason,
    note: str = "",
    bank_fee: Money | None = None,
    on: date | None = None,
    by: Viewer,
) -> Step:
    """The bank returned it: reopen, charge the cost (FIN-06), bar the drawer when it happened too often (FIN-06).

    Refuses `ChequeMoveNotAllowed` unless the cheque is at the bank or with a creditor, and `PeriodClosed`.
    """
    by.require("finance.move_cheques")
    day = on or today()
    with recorded(by=by, reason=note):
        (held,) = held_cheques([cheque], to=ChequeState.BOUNCED)
        covering = is_covering(held)
        backs = [] if covering else _taken_back(held)
        from_advance, uncovered = (
            (NOTHING, NOTHING)
            if covering
            else _rest(held, sum((one.tendered for one in backs), NOTHING))
        )
        entry = _post(held, backs, from_advance, uncovered, covering=covering, on=day, by=by)
        _reopen(held, backs, entry)
        _lose_reductions(held, backs, by)
        if uncovered:
            _owe(held, "value", "finance.bounced_cheque", money(uncovered, held.currency), by)
        if bank_fee is not None and bank_fee.amount > 0:
            _pay_the_bank(held, bank_fee, day, by)
        facts = {"reason": reason.value, "reopened": str(held.amount), "was": held.state}
        move = Move(to=ChequeState.BOUNCED, on=day, note=note, facts=facts, entry=entry)
        (step,) = take_steps([held], move, by=by)
        since = _taken_with(held)
        _charge_the_cost(held, day, by)
        _bar_if_often(held, day, by)
        if held.plan is not None:
            default_plan(held.plan, reason=f"شيك راجع {held.number}", by=by)
        emit(
            ChequeBounced(
                cheque_uid=str(held.uid),
                number=held.number,
                party_id=held.party_id,
                amount=held.amount,
                reopened=held.amount,
                currency=held.currency,
                reason=reason.value,
                since=since,
            ),
            by=by,
        )
        for one in backs:
            if one.charge.balance <= 0:
                emit(reopened(one.charge, one.amount.amount, since=since), by=by)
    log.info("finance.cheque_bounced", cheque=held.pk, reason=reason.value, by=by.user_id)
    return step


def _taken_with(cheque: Cheque) -> int:
    """The entry with which the cheque came: its receipt's, or that of its first step."""
    if cheque.instrument is not None:
        return int(cheque.instrument.receipt.entry_id)
    first = cheque.steps.order_by("id").values_list("entry_id", flat=True).first()
    return first or 0


def _taken_back(cheque: Cheque) -> list[TakenBack]:
    """What the cheque's part of its receipt had settled, the last settled due first."""
    receipt_id = Instrument.objects.filter(cheque=cheque).values_list("receipt_id", flat=True)[0]
    standing = list(Settlement.objects.filter(receipt_id=receipt_id, reverses=None).order_by("-id"))
    gone = _taken_back_before(receipt_id)
    charges = {
        one.pk: one
        for one in Charge.objects.select_for_update(of=("self",))
        .filter(pk__in=[one.charge_id for one in standing])
        .order_by("id")
    }
    left = cheque.amount
    found = []
    for one in standing:
        amount_gone, base_gone, tendered_gone = gone.get(one.charge_id, (NOTHING, NOTHING, NOTHING))
        tendered = one.tendered + tendered_gone
        takes = min(left, tendered)
        if takes <= 0:
            continue
        whole = takes == tendered
        charge = charges[one.charge_id]
        amount = one.amount + amount_gone
        base = one.base + base_gone
        if not whole:
            amount = money(one.amount * takes / one.tendered, charge.currency).amount
            base = in_smallest_unit(one.base * takes / one.tendered)
        if amount > 0:
            found.append(TakenBack(charge, money(amount, charge.currency), base, takes))
        left -= takes
    return found


def _taken_back_before(receipt_id: int) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """What other cheques of the same receipt have taken back already, per due (negative amounts)."""
    sums: dict[int, tuple[Decimal, Decimal, Decimal]] = {}
    for one in Settlement.objects.filter(
        cheque__instrument__receipt_id=receipt_id, amount__lt=0, receipt=None
    ):
        amount, base, tendered = sums.get(one.charge_id, (NOTHING, NOTHING, NOTHING))
        sums[one.charge_id] = (amount + one.amount, base + one.base, tendered + one.tendered)
    return sums


def _rest(cheque: Cheque, reopened_for: Decimal) -> tuple[Decimal, Decimal]:
    """Of what no due is reopened for: what the drawer's advance still holds, and what is left uncovered."""
    rest = cheque.amount - reopened_for
    if rest <= 0:
        return NOTHING, NOTHING
    hold_advance(cheque.party_id)
    from_advance = min(rest, advance_of([cheque.party_id]).get(cheque.currency, NOTHING))
    return from_advance, rest - from_advance


def _post(
    cheque: Cheque,
    backs: list[TakenBack],
    from_advance: Decimal,
    uncovered: Decimal,
    *,
    covering: bool,
    on: date,
    by: Viewer,
) -> Entry | None:
    returned_by = (
        AccountRole.PAYABLES
        if cheque.state == ChequeState.ENDORSED
        else AccountRole.UNDER_COLLECTION
    )
    if covering:
        sides = [
            move_side(debit, account_of(AccountRole.COVERED_BY_CHEQUES), cheque),
            move_side(credit, account_of(returned_by), cheque),
        ]
    else:
        sides = _reopening_sides(cheque, backs, from_advance, uncovered, account_of(returned_by))
    if len(sides) < 2:
        return None
    return post_entry(
        journal=Journal.CHEQUES.value,
        kind=EntryKind.CHEQUES,
        on=on,
        description=cheque.number,
        sides=sides,
        by=by,
    )


def _as_received(cheque: Cheque) -> About:
    """What the lines of the cheque's receipt were about: the project for which it was paid, when it was for one."""
    named = (
        Line.objects.filter(entry__receipt__instruments__cheque=cheque, budget_line__isnull=False)
        .values_list("budget_line_id", "fund")
        .first()
    )
    if named is None:
        return About(description=cheque.number)
    return About(description=cheque.number, budget_line_id=named[0], fund=named[1])


def _reopening_sides(
    cheque: Cheque,
    backs: list[TakenBack],
    from_advance: Decimal,
    uncovered: Decimal,
    returned_by: int,
) -> list[Side]:
    rate = cheque.base / cheque.amount
    kinds = kinds_by_id()
    sides: list[Side] = []
    told = _as_received(cheque)
    for one in backs:
        about = replace(told, party_id=one.charge.party_id, charge_id=one.charge.pk)
        own_rate = one.base / one.amount.amount if one.base else Decimal(1)
        receivable = kinds[one.charge.kind_id].receivable_id
        sides.append(debit(receivable, one.amount, base=one.base, rate=own_rate, about=about))
        if one.charge.currency != cheque.currency:
            position = account_of(AccountRole.EXCHANGE_POSITION)
            given = in_smallest_unit(one.tendered * rate)
            tendered = money(one.tendered, cheque.currency)
            sides.append(debit(position, tendered, base=given, rate=rate))
            sides.append(credit(position, one.amount, base=given, rate=own_rate))
    if from_advance:
        base = in_smallest_unit(from_advance * rate)
        about = replace(told, party_id=cheque.party_id)
        amount = money(from_advance, cheque.currency)
        sides.append(
            debit(account_of(AccountRole.ADVANCES), amount, base=base, rate=rate, about=about)
        )
    returned = cheque.amount - uncovered
    if returned > 0:
        base = cheque.base - in_smallest_unit(uncovered * rate)
        about = About(party_id=cheque.party_id, description=cheque.number)
        amount = money(returned, cheque.currency)
        sides.append(credit(returned_by, amount, base=base, rate=rate, about=about))
    left = base_difference(
        account_of(AccountRole.EXCHANGE_DIFFERENCE), in_base_excess(sides), currency=cheque.currency
    )
    return [*sides, left] if left is not None else sides


def _reopen(cheque: Cheque, backs: list[TakenBack], entry: Entry | None) -> None:
    if entry is None or not backs:
        return
    Settlement.objects.bulk_create(
        [
            Settlement(
                charge=one.charge,
                kind=SettlementKind.PAID,
                date=entry.date,
                amount=-one.amount.amount,
                base=-one.base,
                tendered=-one.tendered,
                cheque=cheque,
                entry=entry,
            )
            for one in backs
        ]
    )


def _lose_reductions(cheque: Cheque, backs: list[TakenBack], by: Viewer) -> None:
    """What a campaign gave with a due that was not paid after all is owed again too."""
    if not backs or cheque.instrument is None:
        return
    take_reductions_back(
        cheque.instrument.receipt_id,
        reason=f"شيك راجع {cheque.number}",
        charge_ids=[one.charge.pk for one in backs],
        by=by,
    )


def _owe(cheque: Cheque, what: str, kind: str, amount: Money, by: Viewer) -> None:
    times = Step.objects.filter(cheque=cheque, to_state=ChequeState.BOUNCED).count()
    assess_charge(
        source=ChargeSource(
            module="finance", record=f"cheque:{cheque.uid}", code=what, period=str(times)
        ),
        party_id=cheque.party_id,
        kind=kind,
        amount=amount,
        due_on=today(),
        description=f"شيك {cheque.number} - {cheque.bank}",
        by=by,
    )


def _pay_the_bank(cheque: Cheque, fee: Money, on: date, by: Viewer) -> None:
    """The bank's own charge: an expense, paid at once out of the account to which the cheque was taken."""
    rate = rate_on(fee.currency.code, on)
    base = in_base(fee, rate, on)
    about = About(description=cheque.number)
    post_entry(
        journal=Journal.CHEQUES.value,
        kind=EntryKind.CHEQUES,
        on=on,
        description=cheque.number,
        sides=[
            debit(account_of(AccountRole.BANK_CHARGES), fee, base=base, rate=rate, about=about),
            credit(_taken_to(cheque), fee, base=base, rate=rate, about=about),
        ],
        by=by,
    )


def _taken_to(cheque: Cheque) -> int:
    """The account of its last deposit slip; the main one where the slip names none."""
    code = (
        cheque.steps.filter(to_state=ChequeState.DEPOSITED)
        .order_by("-id")
        .values_list("facts__bank", flat=True)
        .first()
    )
    found = Account.objects.filter(code=code).first() if code else None
    return found.pk if found else account_of(AccountRole.BANK)


def _charge_the_cost(cheque: Cheque, on: date, by: Viewer) -> None:
    """FIN-06: what the drawer is charged for each return."""
    cost: Money = value("FIN-06.returned_charge", on=on).value
    if cost.amount > 0:
        _owe(cheque, "cost", "finance.cheque_cost", cost, by)


def _bar_if_often(cheque: Cheque, on: date, by: Viewer) -> None:
    """FIN-06: after so many returns no more cheques are taken from this person until the hold is lifted."""
    limit = int(value("FIN-06.max_returned_before_ban", on=on).value)
    times = times_bounced(ids_of(cheque.party_id))
    if times >= limit:
        raise_hold(
            f"party:{cheque.party_id}",
            effect=CHEQUES_BARRED,
            reason=f"شيكات راجعة: {times}",
            source="finance.cheques",
            policy="FIN-06",
            by=by,
        )
