"""Assess what somebody owes, and take a wrong assessment back.

A charge is posted once per source key (module, record, code, period): receivable of its kind against revenue.
What must not live here: making a charge smaller (`services.credits`), receiving money (`services.receiving`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import structlog
from django.db import IntegrityError, transaction

from kernel import registry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.db import uuid7
from kernel.events.services import emit
from kernel.money import Money, format_money, money
from kernel.ports.charges import ChargeSource
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, EntryKind, Journal, SettlementKind
from modules.finance.errors import (
    AmountNotPositive,
    ChargeAlreadySettledInPart,
    ChargeNotOpen,
    ChargeSourceTaken,
    PeriodUpsideDown,
    ReasonMissing,
)
from modules.finance.events import ChargeCancelled
from modules.finance.models import Charge, Entry, Settlement
from modules.finance.selectors.books import (
    KindFacts,
    account_of,
    is_held_for_person,
    kind_facts,
    kinds_snapshot,
)
from modules.finance.services.assessing import NewCharge, assessed, charge_of, sides_of, worth_of
from modules.finance.services.chart import take_kinds_from_manifests
from modules.finance.services.posting import (
    About,
    begin_entry,
    credit,
    debit,
    reverse_entry,
    write_lines,
)

log = structlog.get_logger(__name__)


def assess_charge(
    *,
    source: ChargeSource,
    party_id: int,
    kind: str,
    amount: Money,
    due_on: date,
    description: str,
    by: Viewer,
    year: int | None = None,
    period_from: date | None = None,
    period_to: date | None = None,
    land_unit_id: int | None = None,
    premises_id: int | None = None,
    section_id: int | None = None,
    on: date | None = None,
) -> Charge:
    """Charge once. The same source with the same facts gives the first charge back; with others it is refused.

    For modules that assess by their own rules (through the port); a person who assesses by hand goes through
    `assess_by_hand`. Refuses `AmountNotPositive`, `DuesKindUnknown`, `PeriodUpsideDown`, `ChargeSourceTaken`.
    """
    new = NewCharge(
        source=source,
        party_id=party_id,
        kind=_known_kind(kind),
        amount=money(amount.amount, amount.currency.code),
        due_on=due_on,
        year=year or (period_from or due_on).year,
        description=description.strip(),
        period_from=period_from,
        period_to=period_to,
        land_unit_id=land_unit_id,
        premises_id=premises_id,
        section_id=section_id,
    )
    _refuse_impossible(new)
    with recorded(by=by):
        earlier = standing_charge(source)
        if earlier is None:
            try:
                with transaction.atomic():
                    return _assess_one(new, on=on or today(), by=by)
            except IntegrityError:
                # Somebody assessed the same source a moment ago; its charge is the answer.
                earlier = standing_charge(source)
                if earlier is None:
                    raise
        return _same(earlier, new)


def assess_by_hand(
    *,
    party_id: int,
    kind: str,
    amount: Money,
    due_on: date,
    description: str,
    by: Viewer,
    year: int | None = None,
    period_from: date | None = None,
    period_to: date | None = None,
    land_unit_id: int | None = None,
    premises_id: int | None = None,
) -> Charge:
    """An accountant charges somebody without a module behind it."""
    by.require("finance.assess")
    return assess_charge(
        source=ChargeSource(module="finance", record=f"hand:{uuid7()}", code=kind),
        party_id=party_id,
        kind=kind,
        amount=amount,
        due_on=due_on,
        description=description,
        by=by,
        year=year,
        period_from=period_from,
        period_to=period_to,
        land_unit_id=land_unit_id,
        premises_id=premises_id,
    )


def _known_kind(code: str) -> KindFacts:
    """The kind of due; one that a newly installed module declares is taken over with its first charge."""
    if code not in kinds_snapshot.get() and code in registry.dues_kinds():
        take_kinds_from_manifests(by=Viewer.system("finance.new_kinds"))
    return kind_facts(code)


def standing_charge(source: ChargeSource) -> Charge | None:
    """The charge of this source that was not taken back, if there is one."""
    return (
        Charge.objects.select_related("kind")
        .filter(
            source_module=source.module,
            source_record=source.record,
            source_code=source.code,
            source_period=source.period,
            cancelled=0,
            origin=None,
        )
        .first()
    )


def _refuse_impossible(new: NewCharge) -> None:
    if new.amount.amount <= 0:
        raise AmountNotPositive()
    if new.period_from and new.period_to and new.period_to < new.period_from:
        raise PeriodUpsideDown()


def _same(earlier: Charge, new: NewCharge) -> Charge:
    asked = (new.party_id, new.kind.id, new.amount.amount, new.amount.currency.code)
    if (earlier.party_id, earlier.kind_id, earlier.principal, earlier.currency) != asked:
        raise ChargeSourceTaken(amount=format_money(money(earlier.principal, earlier.currency)))
    return earlier


def _assess_one(new: NewCharge, *, on: date, by: Viewer) -> Charge:
    rates, (base,) = worth_of([new], on)
    entry = begin_entry(
        journal=Journal.CHARGES.value,
        kind=EntryKind.CHARGE,
        on=on,
        description=new.description,
        by=by,
    )
    charge = charge_of(new, base, entry=entry)
    charge.save(force_insert=True)
    write_lines(entry, sides_of([new], [base], [charge.pk], rates, opening=None))
    emit(assessed(new, charge.uid), by=by)
    log.info("finance.charge_assessed", charge=charge.pk, kind=new.kind.code, by=by.user_id)
    return charge


def cancel_charge(charge: Charge, *, reason: str, by: Viewer) -> Charge:
    """Take back a wrong assessment whole; its source may then be charged again.

    Refuses `ChargeNotOpen`, and `ChargeAlreadySettledInPart` while anything of it is paid or credited.
    """
    by.require("finance.cancel_charge")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = (
            Charge.objects.select_for_update(of=("self",)).select_related("kind").get(pk=charge.pk)
        )
        if held.cancelled or held.balance <= 0:
            raise ChargeNotOpen(charge=held.title)
        if held.paid or held.credited:
            raise ChargeAlreadySettledInPart(charge=held.title)
        entry = _entry_taking_back(held, reason=reason, by=by)
        mark_cancelled([held], entry=entry)
        emit(
            ChargeCancelled(
                charge_uid=str(held.uid),
                party_id=held.party_id,
                source_module=held.source_module,
                source_record=held.source_record,
            ),
            by=by,
        )
        held.refresh_from_db()
    return held


def _entry_taking_back(held: Charge, *, reason: str, by: Viewer) -> Entry:
    """The reversal of the charge's own entry; of an entry with many charges, only this charge's part."""
    alone = (
        held.origin_id is None
        and not Charge.objects.filter(entry_id=held.entry_id).exclude(pk=held.pk).exists()
    )
    if alone:
        return reverse_entry(held.entry, reason=reason, by=by)
    on = today()
    amount = money(held.principal, held.currency)
    against = account_of(AccountRole.OPENING) if held.is_opening else held.kind.revenue_id
    entry = begin_entry(
        journal=Journal.GENERAL.value,
        kind=EntryKind.JOURNAL,
        on=on,
        description=reason.strip(),
        by=by,
    )
    about = About(party_id=held.party_id, charge_id=held.pk)
    whose = About(party_id=held.party_id) if is_held_for_person(held) else About()
    base, rate = held.base_principal, held.base_principal / held.principal
    sides = [
        debit(against, amount, base=base, rate=rate, about=whose),
        credit(held.kind.receivable_id, amount, base=base, rate=rate, about=about),
    ]
    write_lines(entry, sides)
    return entry


def mark_cancelled(charges: Sequence[Charge], *, entry: Entry) -> None:
    """Settle whole charges as cancelled by this entry, in one statement."""
    Settlement.objects.bulk_create(
        [
            Settlement(
                charge=one,
                kind=SettlementKind.CANCELLED,
                date=entry.date,
                amount=one.principal,
                base=one.base_principal,
                entry=entry,
            )
            for one in charges
        ]
    )
