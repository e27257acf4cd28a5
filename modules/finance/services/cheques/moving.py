"""Move a cheque that was received: to the bank and back, cleared, endorsed, handed back, replaced, to the lawyer.

What must not live here: a cheque that the bank returns (`bouncing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import structlog

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.money import money
from kernel.numbering.services import take
from kernel.viewer import Viewer
from modules.finance.constants import (
    AccountRole,
    ChequeState,
    ChequeWay,
    EntryKind,
    Journal,
    SettlementKind,
    SettlingOrder,
)
from modules.finance.errors import (
    ReasonMissing,
)
from modules.finance.errors.cheques import (
    ChequeMoveNotAllowed,
    ChequeNotDue,
    ChequeOfAReceipt,
    ChequesMixCurrencies,
    NothingChosen,
)
from modules.finance.events import ChequeCleared
from modules.finance.models import Account, Charge, Cheque, Entry, Settlement
from modules.finance.models.steps import may_follow
from modules.finance.selectors.books import (
    account_of,
    base_part,
    in_smallest_unit,
    kinds_by_id,
    rate_on,
)
from modules.finance.selectors.cheques import covered_charges, is_covering
from modules.finance.services.allocating import Owed, Split, split
from modules.finance.services.cheques.taking import NewCheque, Taken, take_cheques
from modules.finance.services.credits import is_settled_now, settled
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


@dataclass(frozen=True)
class Deposit:
    """Cheques that went to the bank together."""

    slip: str
    cheques: tuple[Cheque, ...]
    entry: Entry


def deposit_cheques(
    cheques: Sequence[Cheque], *, bank: Account | None = None, note: str = "", by: Viewer
) -> Deposit:
    """Take cheques to the bank on one slip: from the safe, or again after a bounce (the dues are covered once more).

    Refuses `NothingChosen`, `ChequesMixCurrencies`, `ChequeNotDue`, `ChequeMoveNotAllowed`.
    """
    by.require("finance.move_cheques")
    on = today()
    with recorded(by=by):
        held = held_cheques(cheques, to=ChequeState.DEPOSITED)
        if not held:
            raise NothingChosen()
        if len({one.currency for one in held}) > 1:
            raise ChequesMixCurrencies()
        for one in held:
            if one.dated_on > on:
                raise ChequeNotDue(number=one.number, date=f"{one.dated_on:%d/%m/%Y}")
        slip = take("finance.deposit_slip", year=on.year, by=by)
        collection = account_of(AccountRole.UNDER_COLLECTION)
        sides = [move_side(debit, collection, one) for one in held]
        sides += [move_side(credit, _taken_from(one), one) for one in held]
        entry = _post(sides, description=slip.text, by=by)
        facts = {"slip": slip.text, "bank": bank.code if bank else ""}
        holder = str(bank) if bank else ""
        move = Move(
            to=ChequeState.DEPOSITED, on=on, holder=holder, note=note, facts=facts, entry=entry
        )
        take_steps(held, move, by=by)
    log.info("finance.cheques_deposited", count=len(held), by=by.user_id)
    return Deposit(slip.text, tuple(held), entry)


def clear_cheques(
    cheques: Sequence[Cheque], *, bank: Account | None = None, on: date | None = None, by: Viewer
) -> list[Cheque]:
    """The bank paid: into its account; a post-dated cheque settles now what it covered, the rest is an advance.

    Refuses `NothingChosen`, `ChequeMoveNotAllowed`, `PeriodClosed`.
    """
    by.require("finance.move_cheques")
    day = on or today()
    with recorded(by=by):
        held = held_cheques(cheques, to=ChequeState.CLEARED)
        if not held:
            raise NothingChosen()
        for one in held:
            _clear(one, bank.pk if bank else account_of(AccountRole.BANK), day, by)
    return held


def _clear(cheque: Cheque, bank_id: int, on: date, by: Viewer) -> None:
    sides: list[Side] = []
    if cheque.state == ChequeState.DEPOSITED:
        sides.append(move_side(debit, bank_id, cheque))
        sides.append(move_side(credit, account_of(AccountRole.UNDER_COLLECTION), cheque))
    charges: dict[int, Charge] = {}
    divided: Split | None = None
    bases: dict[int, Decimal] = {}
    if is_covering(cheque):
        charges = {
            one.pk: one
            for one in Charge.objects.select_for_update(of=("self",))
            .select_related("kind")
            .filter(pk__in=covered_charges(cheque), balance__gt=0)
            .order_by("id")
        }
        divided = _divided(cheque, charges, on)
        bases = {
            one.charge_id: base_part(charges[one.charge_id], one.amount.amount)
            for one in divided.shares
        }
        sides += _settling_sides(cheque, charges, divided, bases, on)
    entry = _post(sides, description=cheque.number, on=on, by=by) if sides else None
    if entry is not None and divided is not None:
        Settlement.objects.bulk_create(
            [
                Settlement(
                    charge_id=one.charge_id,
                    kind=SettlementKind.PAID,
                    date=entry.date,
                    amount=one.amount.amount,
                    base=bases[one.charge_id],
                    tendered=one.tendered.amount,
                    cheque=cheque,
                    entry=entry,
                )
                for one in divided.shares
            ]
        )
    take_steps([cheque], Move(to=ChequeState.CLEARED, on=on, entry=entry), by=by)
    emit(
        ChequeCleared(
            cheque_uid=str(cheque.uid),
            number=cheque.number,
            party_id=cheque.party_id,
            amount=cheque.amount,
            currency=cheque.currency,
        ),
        by=by,
    )
    for share in divided.shares if divided else ():
        charge = charges[share.charge_id]
        if is_settled_now(charge, share.amount.amount):
            emit(settled(charge, share.amount.amount), by=by)


def _divided(cheque: Cheque, charges: dict[int, Charge], on: date) -> Split:
    order = [one for one in covered_charges(cheque) if one in charges]
    owed = [
        Owed(
            charge_id=one,
            balance=money(charges[one].balance, charges[one].currency),
            due_on=charges[one].due_on,
        )
        for one in order
    ]
    currencies = {cheque.currency, *(one.currency for one in charges.values())}
    rates = {one: rate_on(one, on) for one in currencies}
    amount = money(cheque.amount, cheque.currency)
    return split(amount, owed, order=SettlingOrder.CITIZEN_CHOICE, rates=rates)


def _settling_sides(
    cheque: Cheque,
    charges: dict[int, Charge],
    divided: Split,
    bases: dict[int, Decimal],
    on: date,
) -> list[Side]:
    own_rate = cheque.base / cheque.amount
    sides = [move_side(debit, account_of(AccountRole.COVERED_BY_CHEQUES), cheque)]
    kinds = kinds_by_id()
    for one in divided.shares:
        charge = charges[one.charge_id]
        base = bases[one.charge_id]
        about = About(party_id=charge.party_id, charge_id=charge.pk, description=cheque.number)
        receivable = kinds[charge.kind_id].receivable_id
        rate = base / one.amount.amount if base else Decimal(1)
        sides.append(credit(receivable, one.amount, base=base, rate=rate, about=about))
        if charge.currency != cheque.currency:
            position = account_of(AccountRole.EXCHANGE_POSITION)
            given = in_smallest_unit(one.tendered.amount * own_rate)
            sides.append(credit(position, one.tendered, base=given, rate=own_rate))
            sides.append(debit(position, one.amount, base=given, rate=rate))
    if divided.surplus.amount > 0:
        base = in_smallest_unit(divided.surplus.amount * own_rate)
        about = About(party_id=cheque.party_id, description=cheque.number)
        sides.append(
            credit(
                account_of(AccountRole.ADVANCES),
                divided.surplus,
                base=base,
                rate=own_rate,
                about=about,
            )
        )
    left = base_difference(
        account_of(AccountRole.EXCHANGE_DIFFERENCE), in_base_excess(sides), currency=cheque.currency
    )
    return [*sides, left] if left is not None else sides


def withdraw_cheque(cheque: Cheque, *, reason: str, by: Viewer) -> Cheque:
    """Fetch a cheque back from the bank before it was collected. Refuses `ReasonMissing`, `ChequeMoveNotAllowed`."""
    by.require("finance.move_cheques")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        (held,) = held_cheques([cheque], to=ChequeState.IN_SAFE)
        collection = account_of(AccountRole.UNDER_COLLECTION)
        sides = [
            move_side(debit, seat_in_safe(held), held),
            move_side(credit, collection, held),
        ]
        entry = _post(sides, description=reason, by=by)
        take_steps(
            [held], Move(to=ChequeState.IN_SAFE, on=today(), note=reason, entry=entry), by=by
        )
    return held


def endorse_cheque(
    cheque: Cheque, *, to_party_id: int, holder: str, note: str, by: Viewer
) -> Cheque:
    """Pay a creditor with a cheque (مجير): what the municipality owes him falls. Refuses `ChequeMoveNotAllowed`."""
    by.require("finance.move_cheques")
    with recorded(by=by, reason=note):
        (held,) = held_cheques([cheque], to=ChequeState.ENDORSED)
        sides = [
            move_side(debit, account_of(AccountRole.PAYABLES), held, party_id=to_party_id),
            move_side(credit, seat_in_safe(held), held),
        ]
        entry = _post(sides, description=holder, by=by)
        facts = {"party": to_party_id}
        move = Move(
            to=ChequeState.ENDORSED, on=today(), holder=holder, note=note, facts=facts, entry=entry
        )
        take_steps([held], move, by=by)
    return held


def hand_back_cheque(cheque: Cheque, *, reason: str, by: Viewer) -> Cheque:
    """Give a cheque back to who brought it: a post-dated one no longer covers anything, a bounced one was reopened.

    Refuses `ChequeOfAReceipt` (its receipt is taken back instead), `ReasonMissing`, `ChequeMoveNotAllowed`.
    """
    by.require("finance.move_cheques")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        (held,) = held_cheques([cheque], to=ChequeState.RETURNED)
        entry = None
        if held.state == ChequeState.IN_SAFE:
            if not is_covering(held):
                raise ChequeOfAReceipt()
            entry = _post(uncovering(held), description=reason, by=by)
        move = Move(
            to=ChequeState.RETURNED, on=today(), holder=held.drawer, note=reason, entry=entry
        )
        take_steps([held], move, by=by)
    return held


def to_the_lawyer(cheque: Cheque, *, note: str, by: Viewer) -> Cheque:
    """A bounced cheque goes to the lawyer; nothing is posted. Refuses `ChequeMoveNotAllowed`."""
    by.require("finance.move_cheques")
    with recorded(by=by, reason=note):
        (held,) = held_cheques([cheque], to=ChequeState.LEGAL)
        take_steps([held], Move(to=ChequeState.LEGAL, on=today(), note=note), by=by)
    return held


def replace_cheque(cheque: Cheque, new: NewCheque, *, by: Viewer) -> Taken:
    """A new post-dated cheque for a bounced one; it covers the same dues. Refuses what `take_cheques` refuses."""
    by.require("finance.move_cheques")
    with recorded(by=by):
        (held,) = held_cheques([cheque], to=ChequeState.REPLACED)
        still_owed = Charge.objects.filter(pk__in=covered_charges(held), balance__gt=0)
        taken = take_cheques(
            party_id=held.party_id,
            drawer=held.drawer,
            cheques=[new],
            charge_ids=sorted(still_owed.values_list("pk", flat=True)),
            for_plan=True,
            replaces=held,
            by=by,
        )
        move = Move(to=ChequeState.REPLACED, on=today(), facts={"by": str(taken.cheques[0].uid)})
        take_steps([held], move, by=by)
    return taken


def held_cheques(cheques: Sequence[Cheque], *, to: ChequeState) -> list[Cheque]:
    """The cheques as they stand now, held, in the order of their ids. Refuses `ChequeMoveNotAllowed`."""
    held = list(
        Cheque.objects.select_for_update()
        .filter(pk__in=[one.pk for one in cheques], way=ChequeWay.IN)
        .order_by("id")
    )
    for one in held:
        if to not in may_follow(one.machine, one.state):
            raise ChequeMoveNotAllowed(number=one.number, state=ChequeState(one.state).label)
    return held


def seat_in_safe(cheque: Cheque) -> int:
    """The account in which a cheque of the safe stands: the portfolio while it covers, the safe once it settled."""
    covering = is_covering(cheque)
    return account_of(AccountRole.POSTDATED_CHEQUES if covering else AccountRole.CHEQUES_IN_SAFE)


def uncovering(cheque: Cheque) -> list[Side]:
    """A post-dated cheque leaves the portfolio; its dues are no longer covered."""
    return [
        move_side(debit, account_of(AccountRole.COVERED_BY_CHEQUES), cheque),
        move_side(credit, account_of(AccountRole.POSTDATED_CHEQUES), cheque),
    ]


def _taken_from(cheque: Cheque) -> int:
    """A cheque that goes to the bank again after a bounce covers its dues again."""
    if cheque.state in {ChequeState.BOUNCED, ChequeState.LEGAL}:
        return account_of(AccountRole.COVERED_BY_CHEQUES)
    return seat_in_safe(cheque)


def move_side(
    way: type[Side] | object, account_id: int, cheque: Cheque, *, party_id: int | None = None
) -> Side:
    """One line of a move: the cheque's whole amount at the rate at which it was taken; nothing is revalued."""
    side = debit if way is debit else credit
    return side(
        account_id,
        money(cheque.amount, cheque.currency),
        base=cheque.base,
        rate=(cheque.base / cheque.amount).quantize(Decimal("0.00000001")),
        about=About(party_id=party_id or cheque.party_id, description=cheque.number),
    )


def _post(sides: Sequence[Side], *, description: str, by: Viewer, on: date | None = None) -> Entry:
    return post_entry(
        journal=Journal.CHEQUES.value,
        kind=EntryKind.CHEQUES,
        on=on or today(),
        description=description.strip(),
        sides=sides,
        by=by,
    )
