"""What a demonstration town has at its bank: a statement partly matched, its suppliers, a book of cheques.

Comes after the spendings: the payments of these are what the bank's statement shows.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole
from modules.finance.demo.spending import staff_member
from modules.finance.models import Account, BankStatement, Line, Spending, Supplier
from modules.finance.selectors.books import account_of
from modules.finance.services.bank.importing import Told, import_statements
from modules.finance.services.bank.matching import (
    match_before,
    match_with_books,
    post_from_line,
)
from modules.finance.services.chequebooks import receive_book, spoil_leaf
from modules.finance.services.supplying import PayingFacts, add_supplier, block_supplier
from modules.finance.services.vouchers import HandLine, post_voucher

BANK, FEES = "1121", "56"
OPENING = Decimal("318450.00")
# text, reference, amount: a transfer and a cheque of the demonstration's spendings, a fee, and money nobody announced
MOVEMENTS = (
    ("حوالة صادرة - صيانة مضخة", "TR-88120", "-4650.00"),
    ("صرف شيك", "20000311", "-1840.00"),
    ("عمولة حوالات", "COM-11", "-12.50"),
    ("إيداع نقدي - غير معروف", "DEP-7740", "1250.00"),
    ("حوالة واردة - وزارة المالية", "IN-5521", "26300.00"),
)
PAYING = (
    PayingFacts(bank="بنك فلسطين", tax_file="562100014", certificate="خ.م 4410", terms_days=30),
    PayingFacts(bank="البنك الوطني", tax_file="562100022", terms_days=45),
    PayingFacts(bank="بنك القدس", tax_file="562100031", terms_days=15),
    PayingFacts(bank="بنك فلسطين", tax_file="562100049", terms_days=60),
)
BLOCKED_BECAUSE = "لم يورّد ما أُحيل عليه في المناقصة 7"


def show() -> None:
    """Suppliers, a book of cheques, and the statement of the current account; nothing in a town that spent nothing."""
    maha, jamal = staff_member("maha"), staff_member("jamal")
    if not (maha and jamal) or not Spending.objects.exists():
        return
    _suppliers(by=jamal)
    bank = Account.objects.get(code=BANK)
    _cheque_book(bank, by=jamal)
    _statement(bank, by=maha)


def _suppliers(*, by: Viewer) -> None:
    """Everybody from whom the town bought, with how they are paid; the one whose request was rejected is blocked."""
    bought = list(Spending.objects.select_related("party").order_by("id"))
    parties = list(dict.fromkeys(one.party for one in bought))
    made: list[Supplier] = []
    for place, party in enumerate(parties):
        made.append(add_supplier(party, PAYING[place % len(PAYING)], by=by))
    if len(made) > 3:
        free = [one for one in made if not _is_owed(one)]
        if free:
            block_supplier(free[-1], reason=BLOCKED_BECAUSE, by=by)


def _is_owed(supplier: Supplier) -> bool:
    open_states = ("requested", "committed", "invoiced", "approved")
    return Spending.objects.filter(party=supplier.party, state__in=open_states).exists()


def _cheque_book(bank: Account, *, by: Viewer) -> None:
    """Twenty leaves: two of them are the cheques of the spendings, one is torn, the others are free."""
    book = receive_book(
        bank, first=20000310, last=20000329, holder="أمينة الخزينة", on=_new_year(), by=by
    )
    spoil_leaf(book, number=20000310, reason="تمزقت عند الطباعة", by=by)


def _statement(bank: Account, *, by: Viewer) -> None:
    """The balance of the year, then a statement of today: transfer and fee are settled, the rest waits for a hand."""
    post_voucher(
        on=_new_year(),
        description="رصيد البنك من السنة السابقة",
        currency="ILS",
        lines=[
            HandLine(account=bank, debit=OPENING),
            HandLine(
                account=Account.objects.get(pk=account_of(AccountRole.OPENING)), credit=OPENING
            ),
        ],
        by=by,
    )
    day = f"{today():%d/%m/%Y}"
    rows = [f"{day},{text},{reference},{amount}" for text, reference, amount in MOVEMENTS]
    (made,) = import_statements(
        bank,
        currency="ILS",
        content="\n".join(["date,text,reference,amount", *rows, ""]).encode(),
        name=f"كشف حساب {today():%Y-%m}.csv",
        told=Told(reference=f"{today():%Y/%m}", opening=OPENING),
        by=by,
    )
    _match(made, bank, by=by)


def _match(made: BankStatement, bank: Account, *, by: Viewer) -> None:
    lines = {one.reference: one for one in made.lines.select_related("statement__account")}
    before = made.lines.select_related("statement__account").filter(seq=0).first()
    if before is not None:
        match_before(before, by=by)
    paid = Line.objects.filter(
        account=bank, date=today(), currency="ILS", credit=Decimal("4650.00")
    ).first()
    if paid is not None:
        match_with_books(lines["TR-88120"], [paid.pk], by=by)
    post_from_line(lines["COM-11"], Account.objects.get(code=FEES), note="عمولة حوالات", by=by)


def _new_year() -> date:
    return date(today().year, 1, 1)
