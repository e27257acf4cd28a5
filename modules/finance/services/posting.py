"""Post and reverse entries. The only place that writes lines.

What must not live here: which accounts a due, a receipt or a credit touches (their own services say so).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import structlog
from django.db import DatabaseError, connection

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import Money, decimals_of
from kernel.numbering.services import Issued, take
from kernel.viewer import Viewer
from modules.finance.constants import PERIOD_NOT_OPEN, EntryKind, Fund, Journal, PeriodState
from modules.finance.errors import (
    EntryAlreadyReversed,
    EntryEmpty,
    EntryUnbalanced,
    PeriodClosed,
    ReasonMissing,
)
from modules.finance.models import Entry, Line
from modules.finance.services.periods import period_of

log = structlog.get_logger(__name__)
NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Side:
    """One line to be: an account with a debit or a credit, and whom and what it is about."""

    account_id: int
    currency: str
    debit: Decimal = NOTHING
    credit: Decimal = NOTHING
    rate: Decimal = Decimal(1)
    base_debit: Decimal = NOTHING
    base_credit: Decimal = NOTHING
    party_id: int | None = None
    charge_id: int | None = None
    section_id: int | None = None
    budget_line_id: int | None = None
    fund: str = Fund.CURRENT.value
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class About:
    """The dimensions a line carries beside its account."""

    party_id: int | None = None
    charge_id: int | None = None
    section_id: int | None = None
    budget_line_id: int | None = None
    fund: str = Fund.CURRENT.value
    description: str = ""


NOBODY = About()


def debit(
    account_id: int,
    amount: Money,
    *,
    base: Decimal,
    rate: Decimal = Decimal(1),
    about: About = NOBODY,
) -> Side:
    return Side(
        account_id=account_id, currency=amount.currency.code, debit=amount.amount, base_debit=base, rate=rate,
        party_id=about.party_id, charge_id=about.charge_id, section_id=about.section_id, description=about.description,
        budget_line_id=about.budget_line_id, fund=about.fund,
    )  # fmt: skip


def credit(
    account_id: int,
    amount: Money,
    *,
    base: Decimal,
    rate: Decimal = Decimal(1),
    about: About = NOBODY,
) -> Side:
    return Side(
        account_id=account_id, currency=amount.currency.code, credit=amount.amount, base_credit=base, rate=rate,
        party_id=about.party_id, charge_id=about.charge_id, section_id=about.section_id, description=about.description,
        budget_line_id=about.budget_line_id, fund=about.fund,
    )  # fmt: skip


def base_difference(account_id: int, difference: Decimal, *, currency: str) -> Side | None:
    """What is left between the sides in base currency: a line without an amount of its own. None when nothing is."""
    if not difference:
        return None
    if difference > 0:
        return Side(account_id=account_id, currency=currency, base_credit=difference)
    return Side(account_id=account_id, currency=currency, base_debit=-difference)


def in_base_excess(sides: Sequence[Side]) -> Decimal:
    """By how much the debits exceed the credits in base currency."""
    return sum((one.base_debit - one.base_credit for one in sides), NOTHING)


def begin_entry(
    *,
    journal: str,
    kind: EntryKind,
    on: date,
    description: str,
    by: Viewer,
    source: str = "",
    number: Issued | None = None,
    reverses: Entry | None = None,
) -> Entry:
    """Number an entry and write its head; its lines must follow in this transaction (`write_lines`).

    Refuses `PeriodMissing` and `PeriodClosed`, also when the period is closed while this runs.
    """
    entry = new_entry(
        journal=journal, kind=kind, on=on, description=description, by=by, source=source
    )
    entry.reverses = reverses
    if number is None:
        number = take("finance.entry", year=on.year, book=journal, by=by)
    entry.number = number.number
    with period_held_open(entry):
        entry.save(force_insert=True)
    return entry


def new_entry(
    *, journal: str, kind: EntryKind, on: date, description: str, by: Viewer, source: str = ""
) -> Entry:
    """An entry without its number, not written yet. Refuses `PeriodMissing` and `PeriodClosed`."""
    return Entry(
        journal=journal,
        year=on.year,
        date=on,
        period=period_of(on),
        kind=kind,
        description=description,
        source=source,
        posted_by_id=by.user_id,
        posted_by_name=by.name,
    )


@contextmanager
def period_held_open(entry: Entry) -> Iterator[None]:
    """Whoever closed the entry's month while it was written is named as the refusal, not as a fault."""
    try:
        yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == PERIOD_NOT_OPEN:
            closed = PeriodState.CLOSED.label
            raise PeriodClosed(month=str(entry.period), state=closed) from error
        raise


def new_lines(entry: Entry, sides: Sequence[Side]) -> list[Line]:
    """All lines of an entry, not written yet; they are written in one statement, as the database demands.

    Refuses `EntryEmpty`, `EntryUnbalanced`.
    """
    if len(sides) < 2:
        raise EntryEmpty()
    _refuse_unbalanced(sides)
    return [
        Line(
            entry=entry, seq=seq, date=entry.date, account_id=one.account_id, party_id=one.party_id,
            charge_id=one.charge_id, section_id=one.section_id, budget_line_id=one.budget_line_id, fund=one.fund,
            description=one.description, currency=one.currency, debit=one.debit, credit=one.credit,
            rate=one.rate, base_debit=one.base_debit, base_credit=one.base_credit,
        )
        for seq, one in enumerate(sides, start=1)
    ]  # fmt: skip


_WRITE_LINES = """
    INSERT INTO finance_line (entry_id, seq, date, account_id, party_id, charge_id, section_id, budget_line_id, fund, description,
        currency, debit, credit, rate, base_debit, base_credit)
    SELECT %s, s.seq, %s, s.account_id, s.party_id, s.charge_id, s.section_id, s.budget_line_id, s.fund, s.description,
        s.currency, s.debit, s.credit, s.rate, s.base_debit, s.base_credit
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
        %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[]) WITH ORDINALITY
        AS s (account_id, party_id, charge_id, section_id, budget_line_id, fund, description, currency,
            debit, credit, rate, base_debit, base_credit, seq)
"""


def write_lines(entry: Entry, sides: Sequence[Side]) -> None:
    """All lines of the entry in one statement, as the database demands. Refuses `EntryEmpty`, `EntryUnbalanced`."""
    if len(sides) < 2:
        raise EntryEmpty()
    _refuse_unbalanced(sides)
    columns: tuple[list[object], ...] = (
        [one.account_id for one in sides],
        [one.party_id for one in sides],
        [one.charge_id for one in sides],
        [one.section_id for one in sides],
        [one.budget_line_id for one in sides],
        [one.fund for one in sides],
        [one.description for one in sides],
        [one.currency for one in sides],
        [one.debit for one in sides],
        [one.credit for one in sides],
        [one.rate for one in sides],
        [one.base_debit for one in sides],
        [one.base_credit for one in sides],
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_LINES, [entry.pk, entry.date, *columns])


def _refuse_unbalanced(sides: Sequence[Side]) -> None:
    """A sentence for the accountant before the database says it in its own words."""
    left: dict[str, Decimal] = {}
    for one in sides:
        left[one.currency] = left.get(one.currency, NOTHING) + one.debit - one.credit
    for currency, difference in left.items():
        if difference:
            raise EntryUnbalanced(
                difference=f"{abs(difference):,.{decimals_of(currency)}f} {currency}"
            )
    difference = in_base_excess(sides)
    if difference:
        raise EntryUnbalanced(difference=f"{abs(difference):,.3f}")


def post_entry(
    *,
    journal: str,
    kind: EntryKind,
    on: date,
    description: str,
    sides: Sequence[Side],
    by: Viewer,
    source: str = "",
    number: Issued | None = None,
) -> Entry:
    """Post a balanced entry. With a `source` key the same entry cannot be posted twice."""
    with recorded(by=by):
        entry = begin_entry(
            journal=journal,
            kind=kind,
            on=on,
            description=description,
            by=by,
            source=source,
            number=number,
        )
        write_lines(entry, sides)
    return entry


_MIRROR_LINES = """
    INSERT INTO finance_line (entry_id, seq, date, account_id, party_id, charge_id, section_id, budget_line_id, fund, description,
        currency, debit, credit, rate, base_debit, base_credit)
    SELECT %s, seq, %s, account_id, party_id, charge_id, section_id, budget_line_id, fund, description,
        currency, credit, debit, rate, base_credit, base_debit
    FROM finance_line WHERE entry_id = %s ORDER BY seq
"""


def reverse_entry(entry: Entry, *, reason: str, by: Viewer, on: date | None = None) -> Entry:
    """Post the exact opposite of an entry, linked to it. An entry is reversed once; a reversal never is.

    Dated today, so that a closed month stays as it was reported. Refuses `ReasonMissing`, `EntryAlreadyReversed`.
    """
    if not reason.strip():
        raise ReasonMissing()
    if entry.reverses_id or Entry.objects.filter(reverses=entry).exists():
        raise EntryAlreadyReversed(entry=entry.number_text)
    with recorded(by=by, reason=reason):
        mirror = begin_entry(
            journal=Journal.GENERAL.value,
            kind=EntryKind.REVERSAL,
            on=on or today(),
            description=reason.strip(),
            by=by,
            reverses=entry,
        )
        with connection.cursor() as cursor:
            cursor.execute(_MIRROR_LINES, [mirror.pk, mirror.date, entry.pk])
    log.info("finance.entry_reversed", entry=entry.pk, by=by.user_id)
    return mirror
