"""People and money for the tests of finance, in as few lines as a test can bear."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count

from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.money import Money, money
from kernel.organisation.selectors import viewer_for
from kernel.parties.models import Party
from kernel.parties.services import register_person
from kernel.testing.people import seat_person
from kernel.viewer import Viewer
from modules.finance.constants import Method
from modules.finance.models import CashBox, CashSession, Charge, Receipt
from modules.finance.services.charging import assess_by_hand
from modules.finance.services.chart import enter_rate
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.receiving import receive
from modules.finance.services.sessions import open_session

_numbers = count(1)
HOUSE = Viewer.system("tests")


def person(given: str = "نور", *, id_number: str = "") -> Party:
    """A citizen with an ID number of her own."""
    return register_person(
        given_name=given,
        father_name="محمد",
        grandfather_name="علي",
        family_name="حسن",
        id_kind="national",
        id_number=id_number or f"8{next(_numbers):08d}",
        by=HOUSE,
    )


def staff(username: str, role: str) -> Viewer:
    """Somebody of the finance department with one role."""
    user = User.objects.filter(username=username).first() or seat_person(
        username=username, name_ar=username, name_en=username, role=role, section="finance"
    )
    return viewer_for(user, channel="web", request_id=f"test-{username}")


def owes(
    party: Party,
    amount: Money | str = "100",
    *,
    kind: str = "finance.water",
    due_on: date | None = None,
    description: str = "",
) -> Charge:
    """The person owes this."""
    return assess_by_hand(
        party_id=party.pk,
        kind=kind,
        amount=money(amount) if isinstance(amount, str) else amount,
        due_on=due_on or today(),
        description=description,
        by=HOUSE,
    )


def session_of(cashier: Viewer, *, box: CashBox | None = None, ils: str = "0") -> CashSession:
    """An open session at the main box."""
    return open_session(
        box or CashBox.objects.get(code="01"),
        opening_float={"ILS": Decimal(ils)},
        reason="عهدة فكة",
        by=cashier,
    )


def cash(amount: Money | str) -> Tender:
    return Tender(method=Method.CASH, amount=money(amount) if isinstance(amount, str) else amount)


def pays(
    party: Party,
    amount: Money | str,
    *,
    by: Viewer,
    charges: list[Charge] | None = None,
    keep_surplus: bool = False,
) -> Receipt:
    """The person pays in cash; every open due by policy unless charges are named."""
    return receive(
        Payment(
            party_id=party.pk,
            payer_name=party.full_name,
            tenders=(cash(amount),),
            charge_ids=tuple(one.pk for one in charges) if charges is not None else None,
            keep_surplus=keep_surplus,
        ),
        by=by,
    )


def rate(currency: str, value: str, *, on: date | None = None) -> None:
    enter_rate(currency=currency, rate=Decimal(value), on=on or today(), by=HOUSE)
