"""Write dues into the books, one or sixty thousand: the charges, and the lines of their entry.

What must not live here: whether somebody may be charged, and whether she was already (`services.charging`, `rolling`,
`opening`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from kernel.db import reserve_ids, uuid7, write_rows
from kernel.events.services import outbox_row, relay_soon
from kernel.money import Money, money
from kernel.ports.charges import ChargeSource
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, EntryKind, Journal
from modules.finance.events import ChargeAssessed
from modules.finance.models import Charge, Entry, OpeningBatch
from modules.finance.selectors.books import KindFacts, account_of, all_in_base, rate_on
from modules.finance.services.posting import About, Side, begin_entry, credit, debit, write_lines


@dataclass(frozen=True, kw_only=True)
class NewCharge:
    """One due to be assessed."""

    source: ChargeSource
    party_id: int
    kind: KindFacts
    amount: Money
    due_on: date
    year: int
    description: str = ""
    period_from: date | None = None
    period_to: date | None = None
    land_unit_id: int | None = None
    premises_id: int | None = None
    section_id: int | None = None


def write_charges(
    news: Sequence[NewCharge],
    *,
    journal: Journal,
    kind: EntryKind,
    on: date,
    description: str,
    by: Viewer,
    batch: OpeningBatch | None = None,
) -> Entry:
    """One entry for all of them: a receivable line each, revenue added up per account and currency.

    Each is told as `ChargeAssessed`, all in one message. Opening dues (with a batch) go against the opening balance,
    not against this year's revenue, and are told once for the batch.
    """
    rates, bases = worth_of(news, on)
    entry = begin_entry(journal=journal.value, kind=kind, on=on, description=description, by=by)
    uids = [uuid7() for _one in news]
    ids = _insert(news, uids, bases, entry, batch)
    opening = account_of(AccountRole.OPENING) if batch else None
    write_lines(entry, sides_of(news, bases, ids, rates, opening=opening))
    if batch is None:
        write_rows([outbox_row(assessed(*one), by=by) for one in zip(news, uids, strict=True)])
        relay_soon()
    return entry


def assessed(new: NewCharge, uid: UUID) -> ChargeAssessed:
    """What is told of a due that was assessed, one or one of thousands."""
    return ChargeAssessed(
        charge_uid=str(uid),
        party_id=new.party_id,
        source_module=new.source.module,
        source_record=new.source.record,
        kind=new.kind.code,
        amount=new.amount.amount,
        currency=new.amount.currency.code,
        due_on=new.due_on,
    )


# Columns that differ from due to due; what all of them share comes once. Written past the ORM, which takes longer to
# write the text of sixty thousand rows than the database takes to check and keep them.
_INSERT = """
    INSERT INTO finance_charge (id, uid, created_at, source_module, source_record, source_code, source_period, party_id,
        land_unit_id, premises_id, kind_id, year, period_from, period_to, due_on, description, currency, principal,
        base_principal, paid, credited, cancelled, base_settled, is_opening, batch_id, entry_id)
    SELECT s.id, s.uid, %s, s.module, s.record, s.code, s.period, s.party_id, s.land_unit_id, s.premises_id, s.kind_id,
        s.year, s.period_from, s.period_to, s.due_on, s.description, s.currency, s.principal, s.base_principal,
        0, 0, 0, 0, %s, %s, %s
    FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::bigint[], %s::int[], %s::date[], %s::date[], %s::date[], %s::text[], %s::text[],
        %s::numeric[], %s::numeric[])
        AS s (id, uid, module, record, code, period, party_id, land_unit_id, premises_id, kind_id, year, period_from,
            period_to, due_on, description, currency, principal, base_principal)
"""


def _insert(
    news: Sequence[NewCharge],
    uids: Sequence[UUID],
    bases: Sequence[Decimal],
    entry: Entry,
    batch: OpeningBatch | None,
) -> list[int]:
    (ids,) = reserve_ids((Charge, len(news)))
    columns: tuple[list[Any], ...] = (
        list(ids),
        list(uids),
        [one.source.module for one in news],
        [one.source.record for one in news],
        [one.source.code for one in news],
        [one.source.period for one in news],
        [one.party_id for one in news],
        [one.land_unit_id for one in news],
        [one.premises_id for one in news],
        [one.kind.id for one in news],
        [one.year for one in news],
        [one.period_from for one in news],
        [one.period_to for one in news],
        [one.due_on for one in news],
        [one.description for one in news],
        [one.amount.currency.code for one in news],
        [one.amount.amount for one in news],
        list(bases),
    )
    shared: list[Any] = [timezone.now(), batch is not None, batch.pk if batch else None, entry.pk]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*shared, *columns])
    return ids


def worth_of(news: Sequence[NewCharge], on: date) -> tuple[dict[str, Decimal], list[Decimal]]:
    """The rates of the day for what is charged, and each due in base currency."""
    rates = {one: rate_on(one, on) for one in {new.amount.currency.code for new in news}}
    return rates, all_in_base([new.amount for new in news], rates, on)


def sides_of(
    news: Sequence[NewCharge],
    bases: Sequence[Decimal],
    ids: Sequence[int],
    rates: dict[str, Decimal],
    *,
    opening: int | None,
) -> list[Side]:
    owed = [
        debit(
            new.kind.receivable_id,
            new.amount,
            base=base,
            rate=rates[new.amount.currency.code],
            about=About(
                party_id=new.party_id,
                charge_id=charge_id,
                section_id=new.section_id,
                description=new.description,
            ),
        )
        for new, base, charge_id in zip(news, bases, ids, strict=True)
    ]
    return [*owed, *_contra(news, bases, rates, opening)]


def charge_of(new: NewCharge, base: Decimal, *, entry: Entry) -> Charge:
    return Charge(
        source_module=new.source.module,
        source_record=new.source.record,
        source_code=new.source.code,
        source_period=new.source.period,
        party_id=new.party_id,
        land_unit_id=new.land_unit_id,
        premises_id=new.premises_id,
        kind_id=new.kind.id,
        year=new.year,
        period_from=new.period_from,
        period_to=new.period_to,
        due_on=new.due_on,
        description=new.description,
        currency=new.amount.currency.code,
        principal=new.amount.amount,
        base_principal=base,
        entry=entry,
    )


def _contra(
    news: Sequence[NewCharge],
    bases: Sequence[Decimal],
    rates: dict[str, Decimal],
    opening: int | None,
) -> list[Side]:
    added: dict[tuple[int, str, int | None, int | None], list[Decimal]] = {}
    for new, base in zip(news, bases, strict=True):
        key = (
            opening or new.kind.revenue_id,
            new.amount.currency.code,
            new.section_id,
            _held_for(new, opening),
        )
        so_far = added.setdefault(key, [Decimal(0), Decimal(0)])
        so_far[0] += new.amount.amount
        so_far[1] += base
    return [
        credit(
            account_id,
            money(amount, currency),
            base=base,
            rate=rates[currency],
            about=About(section_id=section_id, party_id=party_id),
        )
        for (account_id, currency, section_id, party_id), (amount, base) in sorted(
            added.items(),
            key=lambda item: (item[0][0], item[0][1], item[0][2] or 0, item[0][3] or 0),
        )
    ]


def _held_for(new: NewCharge, opening: int | None) -> int | None:
    """A deposit is held for its person: the liability names her, revenue names nobody."""
    return new.party_id if new.kind.revenue_needs_party and opening is None else None
