"""Take cheques: those that come with a receipt, and post-dated ones that cover dues without settling them.

What must not live here: what happens to a cheque afterwards (`moving`, `bouncing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from django.db import IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.holds.selectors import holds_on
from kernel.money import Money, money
from kernel.numbering.services import take
from kernel.parties.selectors import ids_of
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import (
    CHEQUES_BARRED,
    AccountRole,
    ChequeState,
    ChequeWay,
    EntryKind,
    Journal,
    Method,
)
from modules.finance.errors import (
    AmountNotPositive,
    ChargeNotOpen,
    TenderIncomplete,
)
from modules.finance.errors.cheques import (
    ChequeNotPostDated,
    ChequesBarred,
    ChequesMixCurrencies,
    ChequeTaken,
    ChequeTooFarAhead,
    NothingChosen,
)
from modules.finance.models import Charge, Cheque, Entry, Instrument, Plan, Receipt
from modules.finance.selectors.books import account_of, in_base, rate_on
from modules.finance.services.posting import About, Side, credit, debit, post_entry
from modules.finance.services.stepping import Move, take_steps

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class NewCheque:
    """What stands on a cheque."""

    number: str
    bank: str
    amount: Money
    dated_on: date
    branch: str = ""
    drawer_account: str = ""
    drawer: str = ""


@dataclass(frozen=True)
class Taken:
    """Cheques taken together: the number of the paper that the drawer gets, and the rows."""

    number: str
    cheques: tuple[Cheque, ...]
    entry: Entry


def take_cheques(
    *,
    party_id: int,
    drawer: str,
    cheques: Sequence[NewCheque],
    charge_ids: Sequence[int],
    by: Viewer,
    plan: Plan | None = None,
    for_plan: bool = False,
    replaces: Cheque | None = None,
) -> Taken:
    """Take post-dated cheques that cover these dues, in this order; the dues stay owed until the bank pays.

    Refuses `NothingChosen`, `TenderIncomplete`, `ChequeNotPostDated`, `ChequeTooFarAhead` (FIN-06, unless they belong
    to a plan), `ChequesBarred` (FIN-06), `ChequeTaken`, `ChequesMixCurrencies`, `ChargeNotOpen`.
    """
    by.require("finance.take_cheques")
    on = today()
    if not cheques:
        raise NothingChosen()
    _refuse_barred(party_id)
    for one in cheques:
        _refuse_unfit(one, on, for_plan=for_plan or plan is not None)
    if len({one.amount.currency.code for one in cheques}) > 1:
        raise ChequesMixCurrencies()
    with recorded(by=by):
        _refuse_closed(party_id, charge_ids)
        rate = rate_on(cheques[0].amount.currency.code, on)
        number = take("finance.cheques_taken", year=on.year, by=by)
        entry = post_entry(
            journal=Journal.CHEQUES.value,
            kind=EntryKind.CHEQUES,
            on=on,
            description=drawer.strip(),
            sides=_sides(party_id, cheques, on),
            by=by,
        )
        rows = _register(
            [
                Cheque(
                    way=ChequeWay.IN,
                    number=one.number.strip(),
                    bank=one.bank.strip(),
                    branch=one.branch.strip(),
                    drawer_account=one.drawer_account.strip(),
                    drawer=one.drawer.strip() or drawer.strip(),
                    party_id=party_id,
                    currency=one.amount.currency.code,
                    amount=one.amount.amount,
                    base=in_base(one.amount, rate, on),
                    dated_on=one.dated_on,
                    taken_on=on,
                    covers=list(charge_ids),
                    plan=plan or (replaces.plan if replaces else None),
                    replaces=replaces,
                )
                for one in cheques
            ]
        )
        move = Move(to=ChequeState.IN_SAFE, on=on, entry=entry, facts={"paper": number.text})
        take_steps(rows, move, by=by)
    log.info("finance.cheques_taken", count=len(rows), party=party_id, by=by.user_id)
    return Taken(number.text, tuple(rows), entry)


def register_tendered(receipt: Receipt, instruments: Iterable[Instrument], *, by: Viewer) -> None:
    """Enter the cheques of a receipt in the register; the receipt's own entry has them in the safe already."""
    tendered = [one for one in instruments if one.method == Method.CHEQUE and one.dated_on]
    if not tendered:
        return
    _refuse_barred(receipt.party_id)
    rate = rate_on(receipt.currency, receipt.received_on)
    rows = _register(
        [
            Cheque(
                way=ChequeWay.IN,
                number=one.reference,
                bank=one.bank,
                branch=one.branch,
                drawer_account=one.drawer_account,
                drawer=receipt.payer_name,
                party_id=receipt.party_id,
                currency=receipt.currency,
                amount=one.amount,
                base=in_base(money(one.amount, receipt.currency), rate, receipt.received_on),
                dated_on=one.dated_on or receipt.received_on,
                taken_on=receipt.received_on,
                instrument=one,
            )
            for one in tendered
        ]
    )
    take_steps(
        rows, Move(to=ChequeState.IN_SAFE, on=receipt.received_on, entry=receipt.entry), by=by
    )


def refuse_too_far_ahead(dated_on: date, on: date) -> None:
    """FIN-06: how far ahead a post-dated cheque may lie."""
    days = int(value("FIN-06.max_days_ahead", on=on).value)
    if dated_on > on + timedelta(days=days):
        raise ChequeTooFarAhead(date=f"{dated_on:%d/%m/%Y}", days=days)


def _refuse_unfit(one: NewCheque, on: date, *, for_plan: bool) -> None:
    if not (one.number.strip() and one.bank.strip()):
        raise TenderIncomplete(method=Method.CHEQUE.label, needs=TenderIncomplete.CHEQUE)
    if one.amount.amount <= 0:
        raise AmountNotPositive()
    if one.dated_on <= on:
        raise ChequeNotPostDated()
    if not for_plan:
        refuse_too_far_ahead(one.dated_on, on)


def _refuse_barred(party_id: int) -> None:
    standing = holds_on([f"party:{one}" for one in ids_of(party_id)], CHEQUES_BARRED)
    barred = next((one for one in standing if one.effect == CHEQUES_BARRED), None)
    if barred is not None:
        raise ChequesBarred(reason=barred.reason)


def _refuse_closed(party_id: int, charge_ids: Sequence[int]) -> None:
    found = {
        one.pk: one
        for one in Charge.objects.select_related("kind").filter(
            pk__in=charge_ids, party_id__in=ids_of(party_id)
        )
    }
    if len(found) != len(set(charge_ids)):
        raise ChargeNotOpen(charge=ChargeNotOpen.OF_ANOTHER)
    for one in found.values():
        if one.balance <= 0:
            raise ChargeNotOpen(charge=one.title)


def _sides(party_id: int, cheques: Sequence[NewCheque], on: date) -> list[Side]:
    currency = cheques[0].amount.currency.code
    rate = rate_on(currency, on)
    bases = [in_base(one.amount, rate, on) for one in cheques]
    return [
        *(
            debit(
                account_of(AccountRole.POSTDATED_CHEQUES),
                one.amount,
                base=base,
                rate=rate,
                about=About(party_id=party_id, description=one.number),
            )
            for one, base in zip(cheques, bases, strict=True)
        ),
        credit(
            account_of(AccountRole.COVERED_BY_CHEQUES),
            sum((one.amount for one in cheques), money(0, currency)),
            base=sum(bases),  # type: ignore[arg-type]
            rate=rate,
            about=About(party_id=party_id),
        ),
    ]


def _register(cheques: list[Cheque]) -> list[Cheque]:
    _refuse_under_merged(cheques)
    try:
        with transaction.atomic():
            return Cheque.objects.bulk_create(cheques)
    except IntegrityError as error:
        if "finance_cheque_once_of_drawer" in str(error):
            raise ChequeTaken(number=", ".join(one.number for one in cheques)) from error
        raise


def _refuse_under_merged(cheques: Sequence[Cheque]) -> None:
    """The same paper under a record that was merged into the person's, which the database's key cannot see."""
    family = ids_of(cheques[0].party_id)
    if len(family) == 1:
        return
    for one in cheques:
        if one.drawer_account:
            continue
        known = Cheque.objects.filter(
            way=ChequeWay.IN,
            number=one.number,
            bank=one.bank,
            branch=one.branch,
            drawer_account="",
            party_id__in=family,
        ).exclude(state__in=[ChequeState.RETURNED, ChequeState.REPLACED])
        if known.exists():
            raise ChequeTaken(number=one.number)
