"""Campaigns: which stand, what each would cost, what a due is reduced by today."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from kernel.calendar.selectors import today
from kernel.money import Money, money
from kernel.parties.models import Party
from kernel.policies.selectors import value
from kernel.snapshots import Snapshot
from kernel.viewer import Viewer
from modules.finance.constants import CreditKind, Method, PlanState
from modules.finance.errors.campaigns import CampaignUnknown
from modules.finance.models import Campaign, Charge, Credit, Plan
from modules.finance.models.books import in_readers_language
from modules.finance.selectors.books import kinds_by_id, kinds_snapshot
from modules.finance.selectors.settling import Reduction

NOT_IN_HAND = frozenset({Method.CHEQUE, Method.SET_OFF})


def _load() -> tuple[Campaign, ...]:
    return tuple(Campaign.objects.filter(ended_on=None).order_by("id"))


campaigns_snapshot: Snapshot[tuple[Campaign, ...]] = Snapshot("finance.campaigns", _load)


def campaigns(viewer: Viewer) -> QuerySet[Campaign]:
    """All campaigns, the newest first."""
    return Campaign.objects.select_related("ended_by").order_by("-since", "-id")


def campaign_for(viewer: Viewer, uid: UUID) -> Campaign:
    """The campaign of that uid. Refuses `CampaignUnknown`."""
    found = campaigns(viewer).filter(uid=uid).first()
    if found is None:
        raise CampaignUnknown()
    return found


def standing_on(on: date) -> list[Campaign]:
    """Campaigns whose window is open on that day; no query while none was entered or ended."""
    return [one for one in campaigns_snapshot.get() if one.since <= on <= one.until]


def reductions_of(
    charges: Sequence[Charge], *, on: date, methods: Collection[Method]
) -> dict[int, Reduction]:
    """What each of these dues is reduced by when it is paid today this way; the best campaign counts."""
    standing = [
        one for one in standing_on(on) if not (one.cash_only and NOT_IN_HAND & set(methods))
    ]
    if not standing or not charges:
        return {}
    persons = _kinds_of_persons(charges) if any(one.persons for one in standing) else {}
    planned = _in_plans(charges) if not all(one.with_plans for one in standing) else set()
    gave = given_away(charges)
    found: dict[int, Reduction] = {}
    for charge in charges:
        fitting = [
            one
            for one in standing
            if _fits(one, charge, persons) and (one.with_plans or charge.pk not in planned)
        ]
        given = gave.get(charge.pk, Decimal(0))
        offers = [offer for one in fitting if (offer := _offer(one, charge, given)) is not None]
        if offers:
            found[charge.pk] = max(offers, key=lambda one: (one.most, -one.campaign_id))
    return found


def _fits(campaign: Campaign, charge: Charge, persons: Mapping[int, str]) -> bool:
    kind = kinds_by_id()[charge.kind_id]
    return (
        not kind.revenue_needs_party  # a deposit goes back to who paid it; nothing of it is given away
        and (not campaign.kinds or kind.code in campaign.kinds)
        and (campaign.year_from or charge.year) <= charge.year
        and (campaign.year_to or charge.year) >= charge.year
        and campaign.currency in ("", charge.currency)
        and campaign.persons in ("", persons.get(charge.party_id, ""))
    )


def _kinds_of_persons(charges: Sequence[Charge]) -> dict[int, str]:
    ids = {one.party_id for one in charges}
    return dict(Party.objects.filter(pk__in=ids).values_list("pk", "kind"))


def _in_plans(charges: Sequence[Charge]) -> set[int]:
    wanted = {one.pk for one in charges}
    rows = Plan.objects.filter(
        party_id__in={one.party_id for one in charges},
        state__in=[PlanState.ACTIVE, PlanState.DEFAULTED],
    ).values_list("charge_ids", flat=True)
    return {one for ids in rows for one in ids} & wanted


def limit_of(authority: str, on: date) -> Decimal:
    """REV-04: how many percent of a due this authority may give away."""
    return Decimal(value(f"REV-04.{authority}_max_percent", on=on).value)


def given_away(charges: Sequence[Charge]) -> dict[int, Decimal]:
    """What each of these dues was reduced by so far (REV-04); corrections, moves and advances give nothing away.

    No query while nothing of them was credited.
    """
    ids = [one.pk for one in charges if one.credited]
    if not ids:
        return {}
    rows = (
        Credit.objects.filter(
            charge__in=ids,
            kind__in=[CreditKind.EXEMPTION, CreditKind.DISCOUNT],
            entry__reversal=None,
        )
        .values_list("charge_id")
        .annotate(given=Sum("amount"))
    )
    return dict(rows)


def _offer(campaign: Campaign, charge: Charge, given: Decimal) -> Reduction | None:
    """What paying the due whole saves: no more than the authority may give, the rest in steps of cash (FIN-10)."""
    limit = limit_of(campaign.authority, campaign.decided_on)
    allowed = charge.principal * limit / 100 - given
    wanted = min(charge.balance * campaign.percent / 100, allowed)
    if wanted <= 0:
        return None
    rest = money(charge.balance - wanted, charge.currency, rounding=ROUND_CEILING)
    step: Money = value("FIN-10.cash_step", on=today()).value
    if step.amount and step.currency == rest.currency:
        stepped = (rest.amount / step.amount).quantize(Decimal(1), ROUND_CEILING) * step.amount
        rest = money(min(stepped, charge.balance), charge.currency)
    most = money(charge.balance, charge.currency) - rest
    if most.amount <= 0:
        return None
    return Reduction(
        campaign_id=campaign.pk,
        title=campaign.title,
        percent=campaign.percent,
        whole_only=campaign.whole_only,
        most=most,
    )


@dataclass(frozen=True)
class Cost:
    """What a campaign would give away of one kind of due if everybody came."""

    title: str
    currency: str
    dues: int
    persons: int
    owed: Decimal
    forgone: Decimal

    @property
    def collected(self) -> Decimal:
        return self.owed - self.forgone


_COST = """
    SELECT c.kind_id, c.currency, count(*), count(DISTINCT c.party_id), sum(c.balance),
        sum(round(c.balance * %(percent)s / 100, 3))
    FROM finance_charge c JOIN finance_dueskind k ON k.id = c.kind_id JOIN parties_party p ON p.id = c.party_id
        JOIN finance_account a ON a.id = k.revenue_id AND NOT a.needs_party
    WHERE c.balance > 0 AND (cardinality(%(kinds)s::text[]) = 0 OR k.code = ANY(%(kinds)s))
        AND c.year BETWEEN COALESCE(%(year_from)s::int, c.year) AND COALESCE(%(year_to)s::int, c.year)
        AND %(currency)s IN ('', c.currency) AND %(persons)s IN ('', p.kind)
        AND (%(with_plans)s OR NOT EXISTS (SELECT 1 FROM finance_plan x WHERE x.party_id = c.party_id
            AND x.state IN ('active', 'defaulted') AND c.id = ANY(x.charge_ids)))
    GROUP BY k.position, c.kind_id, c.currency ORDER BY k.position, c.kind_id, c.currency
"""


def cost_at_full(viewer: Viewer, draft: Campaign) -> list[Cost]:
    """Revenue forgone on the dues open now when every one of them is paid whole within the window."""
    viewer.require("finance.read")
    names = (
        "percent", "kinds", "year_from", "year_to", "currency", "persons", "with_plans",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COST, {one: getattr(draft, one) for one in names})
        rows = cursor.fetchall()
    kinds = kinds_by_id()
    return [
        Cost(
            in_readers_language(kinds[kind].title_ar, kinds[kind].title_en),
            currency,
            dues,
            persons,
            money(owed, currency).amount,
            money(forgone, currency).amount,
        )
        for kind, currency, dues, persons, owed, forgone in rows
    ]


def given_by(viewer: Viewer, campaign: Campaign) -> list[dict[str, Any]]:
    """What the campaign has given away and brought in so far, per currency; receipts taken back do not count."""
    standing = Credit.objects.filter(campaign=campaign, entry__reversal=None)
    rows = (
        standing.values("charge__currency")
        .annotate(
            forgone=Sum("amount"),
            dues=Count("id"),
            persons=Count("charge__party", distinct=True),
            paid=Sum(
                "receipt__settlements__amount",
                filter=Q(
                    receipt__settlements__charge=F("charge"),
                    receipt__settlements__reverses=None,
                ),
            ),
        )
        .order_by("charge__currency")
    )
    return [dict(one) for one in rows]


def kind_titles(codes: Sequence[str]) -> list[str]:
    """The names of the kinds in a campaign's scope."""
    known = kinds_snapshot.get()
    return [
        in_readers_language(known[one].title_ar, known[one].title_en) if one in known else one
        for one in codes
    ]
