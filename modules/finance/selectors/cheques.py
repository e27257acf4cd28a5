"""The register of cheques: which there are, where they are, what falls due when, what they cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from kernel.viewer import Viewer
from modules.finance.constants import ChequeState, ChequeWay
from modules.finance.errors.cheques import (
    ChequeUnknown,
)
from modules.finance.models import Charge, Cheque, Settlement, Step

COVERING = (ChequeState.IN_SAFE, ChequeState.DEPOSITED, ChequeState.ENDORSED)


def cheques(viewer: Viewer) -> QuerySet[Cheque]:
    """The register, by the day on which each is due."""
    return Cheque.objects.select_related("party").order_by("dated_on", "id")


def cheque_for(viewer: Viewer, uid: UUID) -> Cheque:
    """The cheque of that uid. Refuses `ChequeUnknown`."""
    found = (
        Cheque.objects.select_related("party", "instrument__receipt", "replaces")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise ChequeUnknown()
    return found


def steps_of(viewer: Viewer, cheque: Cheque) -> QuerySet[Step]:
    return cheque.steps.select_related("entry").order_by("id")


def in_safe(viewer: Viewer, *, until: date | None = None) -> QuerySet[Cheque]:
    """Cheques in the safe, by day; with `until` only those that may go to the bank by then."""
    found = cheques(viewer).filter(way=ChequeWay.IN, state=ChequeState.IN_SAFE)
    return found.filter(dated_on__lte=until) if until else found


def at_the_bank(viewer: Viewer) -> QuerySet[Cheque]:
    """Cheques that wait for the bank's answer, or a creditor's, with their steps."""
    return (
        cheques(viewer)
        .filter(way=ChequeWay.IN, state__in=[ChequeState.DEPOSITED, ChequeState.ENDORSED])
        .prefetch_related("steps")
    )


def is_covering(cheque: Cheque) -> bool:
    """Whether it covers dues instead of having settled them: a post-dated one, or one that bounced before."""
    if cheque.instrument_id is None:
        return True
    return Step.objects.filter(cheque=cheque, to_state=ChequeState.BOUNCED).exists()


def covered_charges(cheque: Cheque) -> list[int]:
    """The dues it covers, in the order in which it settles them."""
    if cheque.instrument_id is None:
        return list(cheque.covers)
    reopened = Settlement.objects.filter(cheque=cheque, amount__lt=0).order_by("id")
    return list(dict.fromkeys(reopened.values_list("charge_id", flat=True)))


def covered_of(viewer: Viewer, party_ids: Sequence[int]) -> dict[str, Decimal]:
    """How much of a person's dues is covered by post-dated cheques and not settled yet, per currency."""
    rows = (
        Cheque.objects.filter(
            party_id__in=party_ids, way=ChequeWay.IN, instrument=None, state__in=COVERING
        )
        .values("currency")
        .annotate(total=Sum("amount"))
        .order_by("currency")
    )
    return {row["currency"]: row["total"] for row in rows}


def cheques_covering(viewer: Viewer, charge: Charge) -> QuerySet[Cheque]:
    """Post-dated cheques that stand before this due."""
    return cheques(viewer).filter(
        party_id=charge.party_id, covers__contains=[charge.pk], state__in=COVERING
    )


@dataclass(frozen=True)
class DayOfCheques:
    """What falls due on a day in one currency."""

    day: date
    currency: str
    count: int
    total: Decimal


def maturity_calendar(viewer: Viewer, *, since: date, until: date) -> list[DayOfCheques]:
    """Cheques that wait in the safe, by the day on which they may go to the bank."""
    rows = (
        Cheque.objects.filter(
            way=ChequeWay.IN, state=ChequeState.IN_SAFE, dated_on__gte=since, dated_on__lte=until
        )
        .values("dated_on", "currency")
        .annotate(count=Count("id"), total=Sum("amount"))
        .order_by("dated_on", "currency")
    )
    return [
        DayOfCheques(row["dated_on"], row["currency"], row["count"], row["total"]) for row in rows
    ]


@dataclass(frozen=True)
class StateTotal:
    """Cheques in one state and currency."""

    state: str
    currency: str
    count: int
    total: Decimal

    @property
    def label(self) -> str:
        return str(ChequeState(self.state).label)


def totals_by_state(viewer: Viewer, *, way: ChequeWay = ChequeWay.IN) -> list[StateTotal]:
    """How many cheques are where, with their sums per currency."""
    rows = (
        Cheque.objects.filter(way=way)
        .values("state", "currency")
        .annotate(count=Count("id"), total=Sum("amount"))
        .order_by("state", "currency")
    )
    return [StateTotal(row["state"], row["currency"], row["count"], row["total"]) for row in rows]


def times_bounced(party_ids: Sequence[int]) -> int:
    """How many cheques of this person the bank has returned."""
    return (
        Step.objects.filter(cheque__party_id__in=party_ids, to_state=ChequeState.BOUNCED)
        .values("cheque_id")
        .distinct()
        .count()
    )
