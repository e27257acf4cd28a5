"""Instalment plans: which there are, how far each is paid, what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from kernel.viewer import Viewer
from modules.finance.constants import SettlementKind
from modules.finance.errors.plans import PlanUnknown
from modules.finance.models import Charge, Plan, Settlement

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Instalment:
    """One row of the schedule with what of it is paid."""

    number: int
    due_on: date
    amount: Decimal
    paid: Decimal
    on: date

    @property
    def left(self) -> Decimal:
        return self.amount - self.paid

    @property
    def is_missed(self) -> bool:
        return self.left > 0 and self.due_on < self.on


@dataclass(frozen=True)
class Progress:
    """A plan as it stands on a day."""

    instalments: tuple[Instalment, ...]
    owed: Decimal

    @property
    def paid(self) -> Decimal:
        return sum((one.paid for one in self.instalments), NOTHING)

    @property
    def missed(self) -> tuple[Instalment, ...]:
        return tuple(one for one in self.instalments if one.is_missed)

    @property
    def missed_amount(self) -> Decimal:
        return sum((one.left for one in self.missed), NOTHING)


def plans(viewer: Viewer) -> QuerySet[Plan]:
    return Plan.objects.select_related("party").order_by("-id")


def plan_for(viewer: Viewer, uid: UUID) -> Plan:
    """The plan of that uid. Refuses `PlanUnknown`."""
    found = Plan.objects.select_related("party").filter(uid=uid).first()
    if found is None:
        raise PlanUnknown()
    return found


def charges_of(plan: Plan) -> QuerySet[Charge]:
    return Charge.objects.filter(pk__in=plan.charge_ids).select_related("kind").order_by("due_on")


def progress_of(plan: Plan, *, on: date) -> Progress:
    """What was settled on the plan's dues since it was signed fills its instalments from the first."""
    owed = Charge.objects.filter(pk__in=plan.charge_ids).aggregate(left=Sum("balance"))["left"]
    owed = owed or NOTHING
    left = max(plan.amount - owed, NOTHING)
    rows = []
    for number, one in enumerate(plan.schedule, start=1):
        amount = Decimal(one["amount"])
        paid = min(left, amount)
        left -= paid
        rows.append(Instalment(number, date.fromisoformat(one["due_on"]), amount, paid, on))
    return Progress(tuple(rows), owed)


def paid_on_day(charge_ids: list[int], on: date) -> Decimal:
    """What was paid on these dues on a day: the down payment of a plan that is signed then."""
    found: Decimal | None = Settlement.objects.filter(
        charge_id__in=charge_ids, kind=SettlementKind.PAID, date=on
    ).aggregate(total=Sum("amount"))["total"]
    return found or NOTHING
