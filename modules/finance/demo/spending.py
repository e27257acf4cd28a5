"""What a demonstration town spends: the year's budget, and payments at every stage from the request to the signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.money import money
from kernel.organisation.selectors import viewer_for
from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.finance.constants import Authority, PayWay, SpendingKind
from modules.finance.models import Account, BudgetLine, Spending
from modules.finance.services.budgeting import BudgetPaper, add_line, supplement, transfer
from modules.finance.services.spending.approving import approve_spending, enter_invoice
from modules.finance.services.spending.asking import (
    AskedLine,
    commit_spending,
    request_spending,
)
from modules.finance.services.spending.paying import PaidBy, hand_over, pay_out
from modules.finance.services.spending.returning import reject_spending

# account, original budget of the year in shekels
BUDGET = (
    ("51", 2_400_000),
    ("52", 180_000),
    ("53", 260_000),
    ("54", 320_000),
    ("55", 60_000),
    ("61", 1_100_000),
    ("64", 410_000),
)


@dataclass(frozen=True)
class Bought:
    """One spending and how far it came."""

    purpose: str
    account: str
    amount: str
    upto: str
    way: PayWay = PayWay.TRANSFER
    reference: str = ""


BOUGHT = (
    Bought("قرطاسية ولوازم مكاتب", "52", "1840.00", "handed", PayWay.CHEQUE, "20000311"),
    Bought("صيانة مضخة بئر المياه رقم 3", "53", "4650.00", "handed", PayWay.TRANSFER, "TR-88120"),
    Bought("سولار آليات النظافة، تشرين الأول", "54", "3920.50", "paid", PayWay.CHEQUE, "20000312"),
    Bought("إطارات لشاحنة النفايات", "53", "4280.00", "approved"),
    Bought("قطع غيار لشبكة المياه", "53", "2975.00", "invoiced"),
    Bought("أثاث لصالة الجمهور", "52", "3600.00", "committed"),
    Bought("اشتراك برنامج رسم هندسي", "52", "1500.00", "requested"),
    Bought("ضيافة غير مدرجة في الموازنة", "55", "900.00", "rejected"),
)

STAGES = ("requested", "committed", "invoiced", "approved", "paid", "handed")


def show() -> None:
    """A budget with a supplement and a transfer, and eight spendings; nothing in a town without suppliers or staff."""
    on = today()
    suppliers = list(Party.objects.filter(kind="organisation").order_by("id")[:6])
    maha, jamal, salma = staff_member("maha"), staff_member("jamal"), staff_member("salma")
    if not (suppliers and maha and jamal and salma):
        return
    lines = _budget(on, by=jamal)
    for place, one in enumerate(BOUGHT):
        supplier = suppliers[place % len(suppliers)]
        spending = _asked(one, supplier, lines[one.account], by=maha)
        _lead(spending, one, accountant=maha, authority=salma, payer=jamal)


def staff_member(username: str) -> Viewer | None:
    """The person of the demonstration's staff, if there is one."""
    user = User.objects.filter(username=username, is_active=True).first()
    return viewer_for(user, channel="command", request_id="demonstration") if user else None


def _budget(on: date, *, by: Viewer) -> dict[str, BudgetLine]:
    accounts = {one.code: one for one in Account.objects.filter(code__in=[c for c, _ in BUDGET])}
    adopted = BudgetPaper(number=f"م.ب 4/{on.year}", decided_on=date(on.year, 1, 1))
    lines = {
        code: add_line(
            year=on.year, account=accounts[code], amount=Decimal(amount), paper=adopted, by=by
        )
        for code, amount in BUDGET
    }
    session = BudgetPaper(
        number=f"م.ب 19/{on.year}", decided_on=on, reason="ارتفاع أسعار المحروقات"
    )
    supplement(lines["54"], amount=Decimal(40_000), paper=session, by=by)
    mayor = BudgetPaper(
        number=f"ر.ب 31/{on.year}",
        decided_on=on,
        reason="أعمال صيانة طارئة",
        authority=Authority.MAYOR.value,
    )
    transfer(lines["52"], lines["53"], amount=Decimal(15_000), paper=mayor, by=by)
    return lines


def _asked(one: Bought, supplier: Party, line: BudgetLine, *, by: Viewer) -> Spending:
    return request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=supplier.pk,
        purpose=one.purpose,
        lines=[
            AskedLine(
                account=line.account,
                amount=money(Decimal(one.amount), "ILS"),
                budget_line=line,
                text=one.purpose,
            )
        ],
        by=by,
    )


def _lead(
    spending: Spending, one: Bought, *, accountant: Viewer, authority: Viewer, payer: Viewer
) -> None:
    """As far as it came; each hand by somebody who may, no hand twice."""
    if one.upto == "rejected":
        reject_spending(spending, reason="لا مخصص له في موازنة هذا العام", by=accountant)
        return
    way = STAGES.index(one.upto)
    if way >= STAGES.index("committed"):
        commit_spending(spending, by=accountant)
    if way >= STAGES.index("invoiced"):
        enter_invoice(spending, reference=f"ف-{spending.number:04d}", by=accountant)
    if way >= STAGES.index("approved"):
        approve_spending(spending, by=authority)
    if way >= STAGES.index("paid"):
        pay_out(spending, PaidBy(way=one.way, reference=one.reference, dated_on=today()), by=payer)
    if way >= STAGES.index("handed"):
        hand_over(spending, receiver="مندوب المورّد", id_number="900000017", by=payer)
