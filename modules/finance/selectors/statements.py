"""A person's statement for any period, from the posted lines: each line leads to its voucher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from kernel.money import currency_name, decimals_of
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, EntryKind
from modules.finance.models.books import in_readers_language
from modules.finance.selectors.books import KindFacts, account_of, kinds_by_id

# A person's account is what she owes and what she paid in advance: the receivables of dues, and the advances.
# What lies on accounts of deposits is asked beside it: most people have nothing there, and are asked no further.
_BEFORE = """
    SELECT NULL AS account_id, l.currency, sum(l.debit - l.credit) FROM finance_line l
    WHERE l.party_id = ANY(%(family)s) AND l.account_id = ANY(%(own)s) AND l.date < %(since)s GROUP BY l.currency
    UNION ALL
    SELECT l.account_id, l.currency, sum(l.credit - l.debit) FROM finance_line l
    WHERE l.party_id = ANY(%(family)s) AND l.date <= %(until)s AND l.account_id = ANY(ARRAY(
        SELECT id FROM finance_account WHERE kind = 'liability' AND needs_party AND role = ''))
    GROUP BY l.account_id, l.currency
"""
# Few tables are joined: planning the join of eight took longer than reading a year of somebody's lines.
_WITHIN = """
    SELECT l.date, l.currency, l.debit, l.credit, e.kind, e.journal, e.year, e.number, e.uid::text, e.description,
        c.uid::text, c.description, c.year, c.kind_id,
        CASE WHEN e.kind IN ('receipt', 'reversal') THEN (
            SELECT r.uid::text || ' ' || r.number_text FROM finance_receipt r
            WHERE r.entry_id = e.id OR r.void_entry_id = e.id) END
    FROM finance_line l
    JOIN finance_entry e ON e.id = l.entry_id
    LEFT JOIN finance_charge c ON c.id = l.charge_id
    WHERE l.party_id = ANY(%(family)s) AND l.account_id = ANY(%(own)s) AND l.date >= %(since)s AND l.date <= %(until)s
        AND (l.debit > 0 OR l.credit > 0)
    ORDER BY l.currency, l.date, l.id
"""
# A deposit is held from its assessment on, and the person's once it is paid: what is owed of it is taken off.
_DEPOSITS = """
    SELECT a.code, a.name_ar, a.name_en, d.currency, sum(d.held) FROM (
        SELECT * FROM unnest(%(accounts)s::bigint[], %(currencies)s::text[], %(held)s::numeric[])
            AS h (account_id, currency, held)
        UNION ALL
        SELECT k.revenue_id, l.currency, l.credit - l.debit FROM finance_line l
        JOIN finance_charge c ON c.id = l.charge_id AND NOT c.is_opening JOIN finance_dueskind k ON k.id = c.kind_id
        WHERE l.party_id = ANY(%(family)s) AND l.account_id = ANY(%(receivables)s) AND l.date <= %(until)s
            AND k.id = ANY(%(kinds)s)
    ) d JOIN finance_account a ON a.id = d.account_id
    GROUP BY a.code, a.name_ar, a.name_en, d.currency HAVING sum(d.held) <> 0 ORDER BY a.code, d.currency
"""


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One line of a statement with the balance after it."""

    date: date
    kind: str
    document: str
    title_ar: str
    title_en: str
    detail: str
    debit: Decimal
    credit: Decimal
    balance: Decimal
    entry_uid: str
    charge_uid: str
    receipt_uid: str

    @property
    def title(self) -> str:
        return in_readers_language(self.title_ar, self.title_en)

    @property
    def kind_label(self) -> str:
        return str(EntryKind(self.kind).label)


@dataclass(frozen=True)
class Account:
    """The statement in one currency."""

    currency: str
    opening: Decimal
    movements: tuple[Movement, ...]
    debit: Decimal
    credit: Decimal

    @property
    def currency_name(self) -> str:
        return str(currency_name(self.currency))

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True)
class Deposit:
    """What is held for the person on one account: paid in, not refunded and not forfeited."""

    code: str
    title_ar: str
    title_en: str
    currency: str
    held: Decimal

    @property
    def title(self) -> str:
        return in_readers_language(self.title_ar, self.title_en)


@dataclass(frozen=True)
class Statement:
    """The account, which closes with the open dues less the advances; deposits are told beside it."""

    since: date
    until: date
    accounts: tuple[Account, ...]
    deposits: tuple[Deposit, ...] = ()


def statement_of(
    viewer: Viewer, party_ids: Sequence[int], *, since: date, until: date
) -> Statement:
    """Opening balance, every movement and closing balance per currency, and the deposits.

    Two queries, and a third for a person for whom deposits were ever held.
    """
    family = list(party_ids)
    kinds = kinds_by_id()
    receivables = sorted({one.receivable_id for one in kinds.values()})
    own = [*receivables, account_of(AccountRole.ADVANCES)]
    asked: dict[str, Any] = {"family": family, "own": own, "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, asked)
        before = cursor.fetchall()
        cursor.execute(_WITHIN, asked)
        rows = cursor.fetchall()
    opening = {
        currency: amount.quantize(step_of(currency))
        for account_id, currency, amount in before
        if account_id is None
    }
    held = [row for row in before if row[0] is not None]
    deposits = _deposits(held, asked | {"receivables": receivables}, kinds) if held else ()
    currencies = sorted(
        {*(one for one, amount in opening.items() if amount), *(row[1] for row in rows)}
    )
    accounts = tuple(
        _account(
            currency,
            opening.get(currency, Decimal(0)),
            [row for row in rows if row[1] == currency],
            kinds,
        )
        for currency in currencies
    )
    return Statement(since, until, accounts, deposits)


def _deposits(
    held: Sequence[tuple[int, str, Decimal]],
    asked: Mapping[str, Any],
    kinds: Mapping[int, KindFacts],
) -> tuple[Deposit, ...]:
    accounts, currencies, amounts = (list(column) for column in zip(*held, strict=True))
    columns = {"accounts": accounts, "currencies": currencies, "held": amounts}
    of_persons = [one.id for one in kinds.values() if one.revenue_needs_party]
    with connection.cursor() as cursor:
        cursor.execute(_DEPOSITS, {**asked, **columns, "kinds": of_persons})
        return tuple(
            Deposit(code, title_ar, title_en, currency, amount.quantize(step_of(currency)))
            for code, title_ar, title_en, currency, amount in cursor.fetchall()
        )


def step_of(currency: str) -> Decimal:
    """The smallest unit of a currency; amounts of the books have no smaller part, so nothing is rounded away."""
    return Decimal(1).scaleb(-decimals_of(currency))


def _account(
    currency: str,
    opening: Decimal,
    rows: list[tuple[Any, ...]],
    kinds: Mapping[int, KindFacts],
) -> Account:
    balance, step = opening, step_of(currency)
    movements = []
    debits = credits = Decimal(0)
    for row in rows:
        on, _currency, raw_debit, raw_credit, kind, journal, year, number, entry_uid, text = row[
            :10
        ]
        charge_uid, charge_text, charge_year, kind_id, receipt = row[10:]
        title_ar, title_en = _titles(kinds.get(kind_id), charge_year)
        receipt_uid, _, receipt_no = (receipt or "").partition(" ")
        debit, credit = raw_debit.quantize(step), raw_credit.quantize(step)
        balance += debit - credit
        debits += debit
        credits += credit
        movements.append(
            Movement(
                date=on,
                kind=kind,
                document=receipt_no or f"{journal} {year}/{number:05d}",
                title_ar=title_ar,
                title_en=title_en,
                detail=charge_text or text,
                debit=debit,
                credit=credit,
                balance=balance,
                entry_uid=entry_uid,
                charge_uid=charge_uid or "",
                receipt_uid=receipt_uid,
            )
        )
    return Account(currency, opening, tuple(movements), debits, credits)


def _titles(kind: KindFacts | None, year: int | None) -> tuple[str, str]:
    if kind is None:
        return "", ""
    return f"{kind.title_ar} {year}", f"{kind.title_en or kind.title_ar} {year}"
