"""A town with cashiers at open boxes, each with a person who owes much. Runs inside the product.

What they need is made by the product's own services; the accounts' passwords are for this run.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass

from measure.stage import HOST, TOWN

PASSWORD = "a cashier of one afternoon"
OWED = "500000"


@dataclass(frozen=True)
class Seat:
    """A cashier, the box, and the person who comes to pay."""

    username: str
    user_id: int
    box: str
    party_id: int
    party_uid: str
    charge_id: int
    charge_uid: str


def seat_cashiers(count: int) -> list[Seat]:
    """That many cashiers with open sessions in the town of the measurements."""
    from kernel.tenancy import use
    from kernel.viewer import Viewer

    ensure_town()
    with use(TOWN):
        return [_seat(number, Viewer.system("infra/bench")) for number in range(1, count + 1)]


def ensure_town() -> None:
    """The town of the measurements, made when it is missing."""
    from kernel.tenancy import use_shared
    from kernel.viewer import Viewer
    from tenants.models import Municipality
    from tenants.provisioning import Plan, create_municipality
    from tenants.register import find

    with use_shared():
        if Municipality.objects.filter(schema_name=TOWN).exists():
            return
    create_municipality(
        Plan(row=find("رفح"), schema=TOWN, hosts=(HOST,)), by=Viewer.system("infra/bench")
    )


def _seat(number: int, by: object) -> Seat:
    from datetime import date
    from decimal import Decimal

    from kernel.money import money
    from kernel.organisation.selectors import viewer_for
    from kernel.parties.services import register_person
    from kernel.ports.charges import ChargeSource
    from kernel.testing.people import seat_person
    from modules.finance.models import DuesKind
    from modules.finance.services.charging import assess_charge
    from modules.finance.services.sessions import add_box, open_session

    username = f"cashier{number:02d}"
    user = seat_person(
        username=username, name_ar=f"أمين صندوق {number}", name_en=f"Cashier {number}",
        role="cashier", section="cash", password=PASSWORD,
    )  # fmt: skip
    box = add_box(code=f"B{number:02d}", name_ar=f"صندوق {number}", by=by)
    open_session(box, opening_float={"ILS": Decimal(0)}, by=viewer_for(user))
    party = register_person(
        by=by, given_name="سامي", father_name="خليل", grandfather_name="محمد", family_name="الأسطل",
        known_as=f"دافع {number}",
    )  # fmt: skip
    charge = assess_charge(
        source=ChargeSource(module="finance", record=f"bench:{number}", code="bench"),
        party_id=party.pk,
        kind=DuesKind.objects.filter(is_active=True).order_by("code")[0].code,
        amount=money(OWED, "ILS"),
        due_on=date(2026, 1, 1),
        description="infra/bench",
        by=by,
    )
    return Seat(
        username, user.pk, box.code, party.pk, str(party.uid), charge.pk, str(charge.uid)
    )  # fmt: skip


def main() -> None:
    """Prints the seats as JSON, for infra/faults."""
    from measure.product import begin

    wishes = begin("cashiers", count=4)
    sys.stdout.write(json.dumps([asdict(seat) for seat in seat_cashiers(wishes.count)]) + "\n")


if __name__ == "__main__":
    main()
