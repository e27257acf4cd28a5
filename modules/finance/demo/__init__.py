"""What a demonstration town owes: old dues from a sheet, this year's charges, a closed cash session of today.

Everything goes through the services, in a few entries; the same town always owes the same. The sheet of old dues
stands in the books like any other, so it can be looked at and undone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import xlsxwriter

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.files.services import store_file
from kernel.identity.models import User
from kernel.money import money
from kernel.organisation.selectors import viewer_for
from kernel.parties.models import Party
from kernel.places.models import Holding
from kernel.places.selectors import neighbourhoods
from kernel.ports.charges import ChargeSource
from kernel.profile.models import Region
from kernel.profile.selectors import profile
from kernel.tenancy import current_schema
from kernel.viewer import Viewer
from modules.finance.constants import EntryKind, Journal, Method
from modules.finance.models import Account, CashBox, Charge
from modules.finance.selectors.books import kind_facts
from modules.finance.selectors.cash import expected_in
from modules.finance.services.assessing import NewCharge, write_charges
from modules.finance.services.chart import enter_rate
from modules.finance.services.opening.loading import begin_loading, check_sheet, load_batch
from modules.finance.services.opening.sheet import COLUMNS
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.receiving import receive
from modules.finance.services.rounds import set_rounds
from modules.finance.services.sessions import Count, add_box, close_session, open_session
from modules.finance.services.vouchers import HandLine, post_voucher

OWING = 0.6
TENANTS = 0.05
CRAFTSMEN = 0.12
BURDENED = 0.06
YEARS_BACK = 5
PAYERS = 8
GRANT = "8500.000"
RATES = {"JOD": ("5.1280", "5.1425"), "USD": ("3.6360", "3.6460")}
QUARTERS = ("الأول", "الثاني", "الثالث", "الرابع")


@dataclass(frozen=True)
class Debtor:
    """Somebody who owes, by which kinds of dues, and since which year nothing was paid."""

    party: Party
    kinds: tuple[str, ...]
    since: int
    land_unit_id: int | None


@dataclass(frozen=True)
class Due:
    """A yearly due of a kind: how the old system numbered it, how it is called, between which sums, in what."""

    prefix: str
    title: str
    least: int
    most: int
    currency: str = "ILS"


DUES = {
    "water": Due("W", "استهلاك مياه", 140, 620),
    "waste": Due("G", "رسوم نفايات", 60, 180),
    "property_tax": Due("P", "ضريبة أملاك", 120, 900),
    "education_tax": Due("E", "ضريبة معارف", 80, 450),
    "crafts": Due("C", "رخصة حرفة", 150, 600),
    "rent": Due("R", "إيجار محل", 240, 900, "JOD"),
    "carried_forward": Due("D", "دين مدور من سنوات سابقة", 300, 2_400),
}


def show() -> None:
    """Rates, old dues since five years, this year's dues, and the receipts of a morning at the cash desk."""
    dice = random.Random(current_schema())  # noqa: S311  demonstration, not secrets
    _enter_rates()
    _grant_in_dinars()
    debtors = list(_debtors(dice))
    if not debtors:
        return
    _bring_in_old_dues(debtors, dice)
    _charge_this_year(debtors, dice)
    _receive_some(debtors, dice)
    _send_a_collector()


def _send_a_collector() -> None:
    """A collector with a box of his own goes to the quarters of the register, but for one that nobody goes to."""
    collector = User.objects.filter(username="walid", is_active=True).first()
    quarters = list(neighbourhoods())[1:]
    if collector is None or not quarters:
        return
    by = _staff("jamal")
    box = add_box(code="G1", name_ar="صندوق الجابي", name_en="Collector's box", by=by)
    set_rounds(box, collector=collector, zones=quarters, by=by)


def _staff(username: str) -> Viewer:
    """The person of the demonstration's staff, else the house itself."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        return Viewer.system("demonstration", channel="command")
    return viewer_for(user, channel="command", request_id="demonstration")


def _enter_rates() -> None:
    on = today()
    by = _staff("maha")
    for currency, (january, now) in RATES.items():
        first, last = Decimal(january), Decimal(now)
        enter_rate(currency=currency, rate=first, on=_new_year(on), by=by)
        # Each month that is over has the rate of its last day, so that its revaluation can be shown.
        for month in range(1, on.month):
            moved = (last - first) * month / on.month
            enter_rate(
                currency=currency,
                rate=(first + moved).quantize(Decimal("0.0001")),
                on=_month_end(month),
                by=by,
            )
        enter_rate(currency=currency, rate=last, on=on, by=by)


def _grant_in_dinars() -> None:
    """A grant in dinars lies at the bank since New Year: the month's end shows what it is worth by now."""
    post_voucher(
        on=_new_year(today()),
        description="منحة لتأهيل شبكة المياه",
        currency="JOD",
        lines=[
            HandLine(account=Account.objects.get(code="1122"), debit=Decimal(GRANT)),
            HandLine(account=Account.objects.get(code="46"), credit=Decimal(GRANT)),
        ],
        by=_staff("maha"),
    )


def _new_year(on: date) -> date:
    return date(on.year, 1, 1)


def _debtors(dice: random.Random) -> Iterator[Debtor]:
    """Who owes what: property taxes only of owners, in the name that the region's law gives them."""
    owned = dict(
        Holding.objects.filter(relation="owner", ends_on=None, land_unit__isnull=False)
        .order_by("-id")
        .values_list("party_id", "land_unit_id")
    )
    tax = "property_tax" if profile().region == Region.GAZA else "education_tax"
    this_year = today().year
    for party in Party.objects.filter(alias_of=None).exclude(id_number="").order_by("id"):
        owes, since = dice.random() < OWING, dice.randint(this_year - YEARS_BACK, this_year)
        kinds = ["water", "waste"]
        if party.pk in owned:
            kinds.append(tax)
        for kind, share in (
            ("crafts", CRAFTSMEN),
            ("rent", TENANTS),
            ("carried_forward", BURDENED),
        ):
            if dice.random() < share:
                kinds.append(kind)
        if owes:
            yield Debtor(party, tuple(kinds), since, owned.get(party.pk))


def _sum(due: Due, dice: random.Random, *, parts: int = 1) -> str:
    """A sum in halves of a shekel; in fils for a rent in dinars."""
    if due.currency == "JOD":
        return f"{Decimal(dice.randrange(due.least * 8, due.most * 8)) / 8 / parts:.3f}"
    return f"{Decimal(dice.randrange(due.least * 2 // parts, due.most * 2 // parts)) / 2:.2f}"


def _bring_in_old_dues(debtors: Sequence[Debtor], dice: random.Random) -> None:
    """As the accountant does it: a sheet of the old system, checked, then loaded on the first of January."""
    rows = [row for debtor in debtors for row in _old_rows(debtor, dice)]
    if not rows:
        return
    by = _staff("maha")
    name = f"ذمم النظام السابق {today().year - 1}.xlsx"
    batch = check_sheet(store_file(_sheet(rows), name, by), as_of=_new_year(today()), by=by)
    load_batch(begin_loading(batch, only_good=True, by=by), by=by)


def _old_rows(debtor: Debtor, dice: random.Random) -> Iterator[tuple[str, ...]]:
    first, this_year = today().year - YEARS_BACK, today().year
    for kind in debtor.kinds:
        due = DUES[kind]
        once = kind == "carried_forward"
        for year in (first,) if once else range(debtor.since, this_year):
            if not once and dice.random() < 0.25:  # a year that was paid
                continue
            yield (
                debtor.party.id_number,
                debtor.party.full_name,
                kind,
                str(year),
                _sum(due, dice),
                due.currency,
                f"31/12/{year}",
                f"01/01/{year}",
                f"31/12/{year}",
                due.title if once else f"{due.title} {year}",
                f"{due.prefix}-{10_000 + debtor.party.pk}",
            )


def _sheet(rows: Sequence[tuple[str, ...]]) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("الذمم")
    sheet.right_to_left()
    for at, row in enumerate([tuple(one.heading for one in COLUMNS), *rows]):
        sheet.write_row(at, 0, row)
    book.close()
    return buffer.getvalue()


def _charge_this_year(debtors: Sequence[Debtor], dice: random.Random) -> None:
    """One entry for the year's dues, one for each quarter's water that is over."""
    yearly = [
        _charge(debtor, kind, _sum(DUES[kind], dice), period="", month=12)
        for debtor in debtors
        for kind in debtor.kinds
        if kind not in {"water", "carried_forward"}
    ]
    _post(yearly, on=_new_year(today()), description=f"ذمم سنة {today().year}")
    for quarter, name in enumerate(QUARTERS, start=1):
        on = _month_end(quarter * 3)
        if on > today():
            break
        water = [
            _charge(
                debtor,
                "water",
                _sum(DUES["water"], dice, parts=4),
                period=f"Q{quarter}",
                month=quarter * 3,
            )
            for debtor in debtors
        ]
        _post(water, on=on, description=f"فواتير مياه الربع {name} {today().year}")


def _charge(debtor: Debtor, kind: str, amount: str, *, period: str, month: int) -> NewCharge:
    due, year = DUES[kind], today().year
    title = f"{due.title} {year}"
    if period:
        title = f"{due.title}، الربع {QUARTERS[int(period[1]) - 1]} {year}"
    return NewCharge(
        source=ChargeSource(
            module="finance",
            record=f"demo:{debtor.party.pk}",
            code=f"finance.{kind}",
            period=f"{year}{period}",
        ),
        party_id=debtor.party.pk,
        kind=kind_facts(f"finance.{kind}"),
        amount=money(amount, due.currency),
        due_on=_month_end(month),
        year=year,
        description=title,
        period_from=date(year, month - 2 if period else 1, 1),
        period_to=_month_end(month),
        land_unit_id=debtor.land_unit_id if kind.endswith("_tax") else None,
    )


def _month_end(month: int) -> date:
    first = date(today().year, month, 1)
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _post(news: Sequence[NewCharge], *, on: date, description: str) -> None:
    if not news:
        return
    by = _staff("maha")
    with recorded(by=by):
        write_charges(
            news,
            journal=Journal.CHARGES,
            kind=EntryKind.CHARGE,
            on=on,
            description=description,
            by=by,
        )


def _receive_some(debtors: Sequence[Debtor], dice: random.Random) -> None:
    """Karim receives from a few people and closes his session, so that the box is free for whoever comes."""
    karim = _staff("karim")
    box = CashBox.objects.filter(is_active=True).order_by("code").first()
    if karim.user_id is None or box is None:
        return
    session = open_session(box, opening_float={}, by=karim)
    payers = dice.sample(list(debtors), min(PAYERS, len(debtors)))
    for number, debtor in enumerate(payers):
        open_dues = Charge.objects.filter(party=debtor.party, currency="ILS", balance__gt=0)
        chosen = list(open_dues.order_by("due_on", "id")[:3])
        if not chosen:
            continue
        amount = money(sum((one.balance for one in chosen), Decimal(0)), "ILS")
        receive(
            Payment(
                party_id=debtor.party.pk,
                payer_name=debtor.party.full_name,
                tenders=(_tender(number, amount.amount),),
                charge_ids=tuple(one.pk for one in chosen),
            ),
            by=karim,
        )
    counts = [
        Count(method=Method(one.method), counted=money(one.expected, one.currency))
        for one in expected_in(session)
    ]
    close_session(session, counts=counts, by=karim)


def _tender(number: int, owed: Decimal) -> Tender:
    """Mostly cash, once a part only; a cheque and a card among them."""
    if number == 2:
        return Tender(
            method=Method.CHEQUE,
            amount=money(owed, "ILS"),
            reference="30001427",
            bank="بنك فلسطين",
            branch="الفرع الرئيسي",
            dated_on=today(),
        )
    if number == 4:
        return Tender(method=Method.CARD, amount=money(owed, "ILS"), reference="POS 004518")
    if number == 5:
        return Tender(method=Method.CASH, amount=money(min(owed, owed / 2 // 10 * 10 + 10), "ILS"))
    return Tender(method=Method.CASH, amount=money(owed, "ILS"))
