"""Cash boxes and the sessions at them: open with a float, count at the end, hand the cash to the bank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import structlog
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today, zone
from kernel.events.services import emit
from kernel.money import Money, format_money, money
from kernel.notifications.services import notify
from kernel.organisation.selectors import who_may_anywhere
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import (
    DAY_CLOSED,
    AccountKind,
    AccountRole,
    EntryKind,
    Journal,
    Method,
)
from modules.finance.errors import (
    AmountNotPositive,
    BoxInUse,
    BoxTaken,
    CountMissing,
    DepositLate,
    FloatNeedsReason,
    NoOpenSession,
    SessionIsClosed,
    SessionStillOpen,
    VarianceNeedsReason,
)
from modules.finance.errors.campaigns import MoreThanIsThere
from modules.finance.errors.closings import DayAlreadyClosed
from modules.finance.events import SessionClosed
from modules.finance.models import Account, CashBox, CashCount, CashSession, Entry
from modules.finance.selectors.books import account_of, in_base, rate_on
from modules.finance.selectors.cash import (
    Holding,
    OpeningDifference,
    books_of,
    cash_in,
    expected_in,
    opening_differences,
)
from modules.finance.selectors.custody import lies_since, working_hours
from modules.finance.services.posting import About, credit, debit, post_entry

log = structlog.get_logger(__name__)
BOXES_HEADING = "111"


@dataclass(frozen=True, kw_only=True)
class Count:
    """What was counted of one instrument in one currency; notes and coins for cash."""

    method: Method
    counted: Money
    denominations: Mapping[str, int] = field(default_factory=dict)


def add_box(
    *, code: str, name_ar: str, name_en: str = "", section_id: int | None = None, by: Viewer
) -> CashBox:
    """A new drawer with an account of its own under the cash boxes. Refuses `BoxTaken`."""
    by.require("finance.manage_boxes")
    with recorded(by=by):
        heading = _heading_of_boxes()
        try:
            with transaction.atomic():
                account = Account.objects.create(
                    code=_next_code(heading),
                    name_ar=name_ar,
                    name_en=name_en,
                    parent=heading,
                    kind=AccountKind.ASSET,
                    is_monetary=True,
                )
                return CashBox.objects.create(
                    code=code.strip().upper(),
                    name_ar=name_ar.strip(),
                    name_en=name_en.strip(),
                    account=account,
                    section_id=section_id,
                )
        except IntegrityError as error:
            raise BoxTaken(box=code) from error


def _heading_of_boxes() -> Account:
    """Where the other boxes stand; the municipality may have given that heading a code of its own."""
    box = CashBox.objects.select_related("account__parent").order_by("id").first()
    above = box.account.parent if box else None
    return above or Account.objects.get(code=BOXES_HEADING)


def _next_code(heading: Account) -> str:
    used = Account.objects.filter(parent=heading).order_by("code").values_list("code", flat=True)
    return f"{heading.code}{len(used) + 1:02d}"


def open_session(
    box: CashBox, *, opening_float: Mapping[str, Decimal], reason: str = "", by: Viewer
) -> CashSession:
    """Sit down at a box with what is in it.

    Refuses `SessionStillOpen`, `BoxInUse`, and `FloatNeedsReason` when the books say another sum and no reason is given.
    """
    by.require("finance.receive")
    if by.user_id is None:
        raise NoOpenSession()
    floats = {
        currency: str(money(amount, currency).amount)
        for currency, amount in opening_float.items()
        if amount
    }
    with recorded(by=by, reason=reason):
        refuse_second(box, by)
        hold_boxes(box.pk)
        books = books_of(box)
        why = _why_it_differs(opening_differences(floats, books), reason)
        try:
            with transaction.atomic():
                return CashSession.objects.create(
                    box=box,
                    cashier_id=by.user_id,
                    on_date=today(),
                    opened_at=timezone.now(),
                    opening_float=floats,
                    opening_books=books,
                    opening_reason=why,
                )
        except IntegrityError as error:
            raise BoxInUse(cashier="", box=box) from error
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") == DAY_CLOSED:
                raise DayAlreadyClosed(date=f"{today():%d/%m/%Y}") from error
            raise


def _why_it_differs(differences: Sequence[OpeningDifference], reason: str) -> str:
    """The reason that is kept: none while nothing differs. Refuses `FloatNeedsReason`."""
    if not differences:
        return ""
    if not reason.strip():
        raise FloatNeedsReason(
            books=_amounts({one.currency: one.books for one in differences}),
            counted=_amounts({one.currency: one.counted for one in differences}),
        )
    return reason.strip()


def _amounts(by_currency: Mapping[str, Decimal]) -> str:
    return " + ".join(format_money(money(amount, one)) for one, amount in by_currency.items())


def hold_boxes(*box_ids: int) -> None:
    """Until the transaction ends nobody else sits down at these boxes, counts them or hands their cash on.

    Taken before a session is held, so that two who need both never wait for one another.
    """
    held = CashBox.objects.select_for_update(no_key=True).filter(pk__in=box_ids).order_by("pk")
    list(held.values_list("pk", flat=True))


def refuse_second(box: CashBox, by: Viewer, *, leaving: CashSession | None = None) -> None:
    """A cashier sits at one box, a box has one cashier; whoever takes over comes to one that is being left."""
    mine = (
        CashSession.objects.filter(cashier_id=by.user_id, closed_at=None)
        .select_related("box")
        .first()
    )
    if mine is not None:
        raise SessionStillOpen(box=mine.box, date=f"{mine.on_date:%d/%m/%Y}")
    theirs = CashSession.objects.filter(box=box, closed_at=None).select_related("cashier").first()
    if theirs is not None and theirs != leaving:
        raise BoxInUse(cashier=theirs.cashier, box=box)


def close_session(
    session: CashSession, *, counts: Sequence[Count], note: str = "", by: Viewer
) -> CashSession:
    """Count and close. What is over or short is posted to its own account with the reason; it is never hidden.

    Every currency of cash must be counted; cheques, cards and transfers count as taken unless counted otherwise.
    Refuses `SessionIsClosed`, `CountMissing`, `VarianceNeedsReason`.
    """
    with recorded(by=by):
        hold_boxes(session.box_id)
        held = (
            CashSession.objects.select_for_update(of=("self",))
            .select_related("box")
            .get(pk=session.pk)
        )
        if not held.is_open:
            raise SessionIsClosed(box=held.box)
        own = held.cashier_id == by.user_id
        by.require("finance.receive" if own else "finance.close_any_session")
        count_and_end(held, compared(held, counts, note), note=note, by=by)
    log.info("finance.session_closed", session=held.pk, by=by.user_id)
    return held


def compared(
    session: CashSession, counts: Sequence[Count], note: str
) -> list[tuple[Holding, Count]]:
    """What should be there beside what was counted. Refuses `CountMissing`, and `VarianceNeedsReason` without a note."""
    rows = _compared(
        expected_in(session), {(one.method, one.counted.currency.code): one for one in counts}
    )
    variances = [(one, given) for one, given in rows if given.counted.amount != one.expected]
    if variances and not note.strip():
        holding, given = variances[0]
        off = money(given.counted.amount - holding.expected, holding.currency)
        raise VarianceNeedsReason(difference=format_money(off))
    return rows


def count_and_end(
    held: CashSession, rows: Sequence[tuple[Holding, Count]], *, note: str, by: Viewer
) -> None:
    """Keep the count, post what is over or short in cash, end the session; within the caller's transaction."""
    entries = {
        (one.method, one.currency): _post_variance(
            held, one, given.counted.amount - one.expected, note, by
        )
        for one, given in rows
        if one.method == Method.CASH and given.counted.amount != one.expected
    }
    CashCount.objects.bulk_create(
        [
            CashCount(
                session=held,
                method=one.method,
                currency=one.currency,
                opening=one.opening,
                taken=one.taken + one.moved,
                moved=one.moved,
                counted=given.counted.amount,
                denominations=dict(given.denominations),
                entry=entries.get((one.method, one.currency)),
            )
            for one, given in rows
        ]
    )
    held.closed_at = timezone.now()
    held.closed_by_id = by.user_id
    held.note = note.strip()
    held.save(update_fields=["closed_at", "closed_by", "note"])
    emit(
        SessionClosed(session_uid=str(held.uid), box=held.box.code, cashier_id=held.cashier_id),
        by=by,
    )


def _compared(
    holdings: Sequence[Holding], counted: Mapping[tuple[str, str], Count]
) -> list[tuple[Holding, Count]]:
    rows = []
    known = {(one.method, one.currency): one for one in holdings}
    for key in sorted({*known, *counted}):
        holding = known.get(key) or Holding(method=key[0], currency=key[1])
        given = counted.get(key)
        if given is None:
            if holding.method == Method.CASH:
                raise CountMissing(currency=holding.currency)
            given = Count(
                method=Method(holding.method), counted=money(holding.expected, holding.currency)
            )
        rows.append((holding, given))
    return rows


def _post_variance(
    session: CashSession, holding: Holding, off: Decimal, note: str, by: Viewer
) -> Entry:
    on = today()
    amount = money(abs(off), holding.currency)
    rate = rate_on(holding.currency, on)
    base = in_base(amount, rate, on)
    over_short = account_of(AccountRole.OVER_SHORT)
    drawer = session.box.account_id
    into, out_of = (drawer, over_short) if off > 0 else (over_short, drawer)
    return post_entry(
        journal=Journal.GENERAL.value,
        kind=EntryKind.CASH_COUNT,
        on=on,
        description=note.strip(),
        sides=[
            debit(into, amount, base=base, rate=rate),
            credit(out_of, amount, base=base, rate=rate),
        ],
        by=by,
    )


def remit_cash(box: CashBox, *, amount: Money, slip: str, reason: str = "", by: Viewer) -> Entry:
    """Cash of a box taken to the bank, with the number of the deposit slip.

    In the middle of a session too: the count expects what is left. Refuses `AmountNotPositive`, `MoreThanIsThere`, and
    `DepositLate` without a reason when it lay there longer than policy FIN-01 allows; the reason stands on the box's
    line, and whoever supervises the boxes is told.
    """
    by.require("finance.remit")
    with recorded(by=by, reason=reason):
        hold_boxes(box.pk)
        most = int(value("FIN-01.deposit_within_hours", on=today()).value)
        since = lies_since(box, amount) if amount.amount > 0 else None
        hours = working_hours(since, timezone.now()) if since else 0
        told = ""
        if since is not None and hours > most:
            told = f"{since.astimezone(zone()):%d/%m/%Y %H:%M}"
            if not reason.strip():
                raise DepositLate(since=told, hours=hours, most=most)
        bank = account_of(AccountRole.BANK)
        why = f"منذ {told}: {reason.strip()}" if told else ""
        entry = _hand_on(box, bank, amount=amount, slip=slip, why=why, by=by)
        if told:
            _ring_about(box, entry, amount=amount, since=told, reason=reason.strip(), by=by)
    return entry


def _ring_about(
    box: CashBox, entry: Entry, *, amount: Money, since: str, reason: str, by: Viewer
) -> None:
    with in_language("ar"):
        text = _("Cash of %(box)s since %(since)s went late to the bank: %(amount)s. %(reason)s")
        said = text % {
            "box": box,
            "since": since,
            "amount": format_money(amount),
            "reason": reason,
        }
    notify(
        who_may_anywhere("finance.close_any_session").values_list("id", flat=True),
        verb="finance.deposit_late",
        text=said,
        url=f"/finance/books/journal/{entry.uid}",
        by=by,
    )


def hand_to_box(box: CashBox, other: CashBox, *, amount: Money, slip: str, by: Viewer) -> Entry:
    """Cash of a collector's box handed over at another box, with the number of its slip. It refuses the same."""
    with recorded(by=by):
        hold_boxes(box.pk, other.pk)
        return _hand_on(box, other.account_id, amount=amount, slip=slip, by=by)


def _hand_on(
    box: CashBox, into: int, *, amount: Money, slip: str, why: str = "", by: Viewer
) -> Entry:
    by.require("finance.remit")
    if amount.amount <= 0:
        raise AmountNotPositive()
    on = today()
    with recorded(by=by):
        hold_boxes(box.pk)
        held = cash_in(box).get(amount.currency.code, Decimal(0))
        if amount.amount > held:
            raise MoreThanIsThere(box=box, held=format_money(money(held, amount.currency.code)))
        rate = rate_on(amount.currency.code, on)
        base = in_base(amount, rate, on)
        about = About(description=slip.strip())
        told = About(description=why) if why else about
        return post_entry(
            journal=Journal.GENERAL.value,
            kind=EntryKind.JOURNAL,
            on=on,
            description=slip.strip(),
            sides=[
                debit(into, amount, base=base, rate=rate, about=about),
                credit(box.account_id, amount, base=base, rate=rate, about=told),
            ],
            by=by,
        )
