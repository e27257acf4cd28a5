"""Move a due to another person or place, or divide it, by a dated decision (نقل ذمة وتجزئتها, policy REV-12).

The due is never edited: what is left of it is credited, and new dues of the same kind, age and source stand in one
entry with that credit, receivable against receivable. No revenue is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

import structlog

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import Money, format_money, money, zero
from kernel.parties.selectors import canonical_id
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import CreditKind, EntryKind, Journal, MoveCause, PlanState
from modules.finance.errors import AmountNotPositive, ChargeNotOpen, DecisionMissing, ReasonMissing
from modules.finance.errors.campaigns import (
    DueCovered,
    DueInAPlan,
    NothingMoves,
    PartMissing,
    PartsDoNotAddUp,
    SharesNotEqual,
    SignaturesMissing,
)
from modules.finance.models import Charge, Cheque, Entry, Plan, Settlement
from modules.finance.selectors.books import base_part, in_smallest_unit, is_held_for_person
from modules.finance.selectors.cheques import COVERING
from modules.finance.services.credits import (
    DecisionPaper,
    Grant,
    write_credit,
)
from modules.finance.services.posting import About, Side, begin_entry, credit, debit, write_lines

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Who takes how much: a share of the whole, or an amount; the place stays unless another is named."""

    party_id: int
    share: Decimal | None = None
    amount: Money | None = None
    land_unit_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Moving:
    """What was decided: why, by which paper, who takes which part, and that both sides signed."""

    cause: MoveCause
    parts: tuple[Part, ...]
    paper: DecisionPaper
    reason: str
    signed: bool = False


def divide(whole: Money, parts: Sequence[Part]) -> list[Money]:
    """The amount of each part. By shares the last one absorbs what rounding leaves; amounts must add up.

    Refuses `PartMissing`, `PartsDoNotAddUp`, `AmountNotPositive`.
    """
    if not parts:
        raise PartMissing()
    if all(one.amount is not None for one in parts):
        amounts = [one.amount for one in parts if one.amount is not None]
        total = sum(amounts, zero(whole.currency.code))
        if total != whole:
            raise PartsDoNotAddUp(parts=format_money(total), owed=format_money(whole))
    else:
        shares = [one.share or Decimal(0) for one in parts]
        if any(one <= 0 for one in shares):
            raise AmountNotPositive()
        of = sum(shares, Decimal(0))
        code = whole.currency.code
        amounts = [
            money(whole.amount * one / of, code, rounding=ROUND_FLOOR) for one in shares[:-1]
        ]
        amounts.append(whole - sum(amounts, zero(code)))
    if any(one.amount <= 0 for one in amounts):
        raise AmountNotPositive()
    return amounts


def move_dues(charges: Sequence[Charge], moving: Moving, *, by: Viewer) -> list[Charge]:
    """Move each of these dues, divided in the same parts. The new dues come back.

    Refuses `DecisionMissing`, `ReasonMissing`, `SignaturesMissing` and `SharesNotEqual` (REV-12), `PartMissing`,
    `PartsDoNotAddUp`, `NothingMoves`, `ChargeNotOpen`, `DueInAPlan`, `DueCovered`, `PeriodClosed`.
    """
    by.require("finance.move_dues")
    _refuse_undecided(moving)
    new: list[Charge] = []
    with recorded(by=by, reason=moving.reason):
        ids = [one.pk for one in charges]
        held = list(
            Charge.objects.select_for_update(of=("self",))
            .select_related("kind")
            .filter(pk__in=ids)
            .order_by("id")
        )
        if not held:
            raise PartMissing()
        _refuse_tied(held)
        for one in held:
            new += _move(one, moving, by=by)
    log.info("finance.dues_moved", charges=ids, parts=len(moving.parts), by=by.user_id)
    return new


def _refuse_undecided(moving: Moving) -> None:
    on = today()
    if not moving.paper.number.strip() or moving.paper.decided_on is None:
        raise DecisionMissing()
    if not moving.reason.strip():
        raise ReasonMissing()
    if value("REV-12.both_parties_sign", on=on).value and not moving.signed:
        raise SignaturesMissing()
    equal = value("REV-12.heirs_share", on=on).value == "equal"
    shares = {one.share for one in moving.parts}
    if moving.cause == MoveCause.HEIRS and equal and (len(shares) > 1 or shares == {None}):
        raise SharesNotEqual()


def _refuse_tied(held: Sequence[Charge]) -> None:
    """A due in a plan or under a cheque belongs to that agreement until it is undone."""
    ids = {one.pk: one for one in held}
    plans = Plan.objects.filter(
        state__in=[PlanState.ACTIVE, PlanState.DEFAULTED], charge_ids__overlap=list(ids)
    )
    for plan in plans:
        charge = next(ids[one] for one in plan.charge_ids if one in ids)
        raise DueInAPlan(charge=charge.title, plan=plan.number_text)
    cheques = Cheque.objects.filter(state__in=COVERING, covers__overlap=list(ids))
    for cheque in cheques:
        charge = next(ids[one] for one in cheque.covers if one in ids)
        raise DueCovered(charge=charge.title, cheque=cheque.number)
    again = (
        Settlement.objects.filter(
            charge_id__in=list(ids), amount__lt=0, cheque__state__in=COVERING, receipt=None
        )
        .select_related("cheque")
        .first()
    )
    if again is not None and again.cheque is not None:
        raise DueCovered(charge=ids[again.charge_id].title, cheque=again.cheque.number)


def _move(held: Charge, moving: Moving, *, by: Viewer) -> list[Charge]:
    if held.balance <= 0:
        raise ChargeNotOpen(charge=held.title)
    whole = money(held.balance, held.currency)
    amounts = divide(whole, moving.parts)
    stays = all(
        canonical_id(one.party_id) == canonical_id(held.party_id)
        and one.land_unit_id in (None, held.land_unit_id)
        for one in moving.parts
    )
    if stays and len(moving.parts) == 1:
        raise NothingMoves()
    base = base_part(held, whole.amount)
    bases = _bases(base, whole, amounts)
    entry = begin_entry(
        journal=Journal.GENERAL.value,
        kind=EntryKind.TRANSFER,
        on=today(),
        description=moving.reason.strip(),
        by=by,
    )
    new = Charge.objects.bulk_create(
        [
            _new_due(held, part, amount, part_base, entry)
            for part, amount, part_base in zip(moving.parts, amounts, bases, strict=True)
        ]
    )
    rate = base / whole.amount if base else Decimal(1)
    text = moving.reason.strip()
    receivable = held.kind.receivable_id
    sides = [
        debit(
            receivable,
            money(one.principal, one.currency),
            base=one.base_principal,
            rate=rate,
            about=About(party_id=one.party_id, charge_id=one.pk, description=text),
        )
        for one in new
    ]
    about = About(party_id=held.party_id, charge_id=held.pk, description=text)
    sides.append(credit(receivable, whole, base=base, rate=rate, about=about))
    if is_held_for_person(held):
        sides += _held_for_others(held, new, whole, base=base, rate=rate)
    write_lines(entry, sides)
    grant = Grant(kind=CreditKind.TRANSFER, amount=whole, reason=text, paper=moving.paper)
    write_credit(held, grant, entry=entry, base=base, by=by)
    return new


def _held_for_others(
    held: Charge, new: Sequence[Charge], whole: Money, *, base: Decimal, rate: Decimal
) -> list[Side]:
    """A deposit is held for who pays it: what is left of it goes along with the due."""
    deposits = held.kind.revenue_id
    about = About(party_id=held.party_id)
    return [
        debit(deposits, whole, base=base, rate=rate, about=about),
        *(
            credit(
                deposits,
                money(one.principal, one.currency),
                base=one.base_principal,
                rate=rate,
                about=About(party_id=one.party_id),
            )
            for one in new
        ),
    ]


def _bases(base: Decimal, whole: Money, amounts: Sequence[Money]) -> list[Decimal]:
    """The base amount of each part, in proportion; the last one takes what is left."""
    found = [
        in_smallest_unit(base * one.amount / whole.amount, rounding=ROUND_FLOOR)
        for one in amounts[:-1]
    ]
    return [*found, base - sum(found, Decimal(0))]


def _new_due(held: Charge, part: Part, amount: Money, base: Decimal, entry: Entry) -> Charge:
    """The same due of somebody else: its kind, its age and its source go with it."""
    return Charge(
        source_module=held.source_module,
        source_record=held.source_record,
        source_code=held.source_code,
        source_period=held.source_period,
        party_id=canonical_id(part.party_id),
        land_unit_id=part.land_unit_id or held.land_unit_id,
        premises_id=held.premises_id if part.land_unit_id is None else None,
        kind_id=held.kind_id,
        year=held.year,
        period_from=held.period_from,
        period_to=held.period_to,
        due_on=held.due_on,
        description=held.description,
        currency=held.currency,
        principal=amount.amount,
        base_principal=base,
        is_opening=held.is_opening,
        origin_id=held.origin_id or held.pk,
        entry=entry,
    )
