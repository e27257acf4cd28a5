"""Assess a kind of due for a whole year at once, from the roll of the year before (تحقق جماعي).

Everybody who was charged this kind in one year is charged in the next, for the same place, by the same amount or a
percentage more or less. A run is shown first with its exceptions; running it again charges nobody twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import structlog

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import Money, money
from kernel.parties.models import Party
from kernel.ports.charges import ChargeSource
from kernel.viewer import Viewer
from modules.finance.constants import CreditKind, EntryKind, Journal
from modules.finance.models import Charge, Credit
from modules.finance.selectors.books import kind_facts
from modules.finance.services.assessing import NewCharge, write_charges
from modules.finance.services.credits import DecisionPaper
from modules.finance.services.rewarding import (
    give_rewards,
    refuse_undecided_reward,
    rewards_of,
)

log = structlog.get_logger(__name__)
CHUNK = 2_500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Roll:
    """What is asked: which kind, from which year to which, due when, how much more or less."""

    kind: str
    from_year: int
    to_year: int
    due_on: date
    percent: Decimal = Decimal(0)
    # The decision by which committed payers are rewarded (REV-03); without one nobody is.
    reward: DecisionPaper | None = None


@dataclass(frozen=True)
class RollPreview:
    """What a run would do: the new dues, those that are there already, and who is left out and why."""

    news: tuple[NewCharge, ...]
    already: int
    exceptions: tuple[tuple[str, str], ...]
    # What committed payers would get back of it, under the record of the due.
    rewards: dict[str, Money] = field(default_factory=dict)

    @property
    def rewarded(self) -> dict[str, Decimal]:
        """The rewards by currency."""
        sums: dict[str, Decimal] = {}
        for one in self.rewards.values():
            code = one.currency.code
            sums[code] = sums.get(code, Decimal(0)) + one.amount
        return sums

    @property
    def totals(self) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for one in self.news:
            code = one.amount.currency.code
            sums[code] = sums.get(code, Decimal(0)) + one.amount.amount
        return sums


MERGED = "دُمج السجل في غيره"
NOTHING_LEFT = "المبلغ صفر بعد النسبة"


def preview_roll(roll: Roll, *, by: Viewer) -> RollPreview:
    """What running it now would do; writes nothing. Refuses a reward that nobody may decide (REV-04)."""
    by.require("finance.assess")
    if roll.reward is not None:
        by.require("finance.credit")
        refuse_undecided_reward(roll.reward)
    kind = kind_facts(roll.kind)
    rows = list(
        Charge.objects.filter(kind_id=kind.id, year=roll.from_year, cancelled=0).order_by("id")
    )
    standing = set(
        Charge.objects.filter(
            source_module="finance",
            source_code=roll.kind,
            source_period=str(roll.to_year),
            cancelled=0,
        ).values_list("source_record", flat=True)
    )
    merged = dict(
        Party.objects.filter(pk__in={one.party_id for one in rows})
        .exclude(alias_of=None)
        .values_list("pk", "full_name")
    )
    wholes = _wholes(rows)
    summed: dict[str, tuple[Charge, Decimal]] = {}
    exceptions: list[tuple[str, str]] = []
    for one in rows:
        if one.pk not in wholes:
            continue
        if one.party_id in merged:
            exceptions.append((merged[one.party_id], MERGED))
            continue
        record = _record(one)
        first, so_far = summed.get(record, (one, Decimal(0)))
        summed[record] = (first, so_far + wholes[one.pk])
    news = []
    already = 0
    for record, (one, principal) in summed.items():
        if record in standing:
            already += 1
            continue
        amount = money(principal * (100 + roll.percent) / 100, one.currency)
        if amount.amount <= 0:
            exceptions.append((record, NOTHING_LEFT))
            continue
        news.append(
            NewCharge(
                source=ChargeSource(
                    module="finance", record=record, code=roll.kind, period=str(roll.to_year)
                ),
                party_id=one.party_id,
                kind=kind,
                amount=amount,
                due_on=roll.due_on,
                year=roll.to_year,
                description=f"{kind.title_ar} {roll.to_year}",
                period_from=date(roll.to_year, 1, 1),
                period_to=date(roll.to_year, 12, 31),
                land_unit_id=one.land_unit_id,
                premises_id=one.premises_id,
            )
        )
    return RollPreview(tuple(news), already, tuple(exceptions), rewards_of(news))


def _wholes(rows: Sequence[Charge]) -> dict[int, Decimal]:
    """What a year of each due is worth: corrected assessments count as corrected, moved dues at who has them now.

    A due is moved with what is left of it; the next year is owed whole. So who took over the 60.00 that were left of
    100.00 is charged 100.00, and two who took 40.00 and 20.00 of them 66.67 and 33.33.
    """
    corrected: dict[int, Decimal] = {}
    moved: dict[int, tuple[int, Decimal]] = {}
    credits = Credit.objects.filter(
        charge__kind__in={one.kind_id for one in rows},
        charge__year__in={one.year for one in rows},
        kind__in=[CreditKind.CORRECTION, CreditKind.TRANSFER],
        entry__reversal=None,
    )
    for charge_id, kind, amount, entry_id in credits.values_list(
        "charge_id", "kind", "amount", "entry_id"
    ):
        if kind == CreditKind.TRANSFER:
            moved[entry_id] = (charge_id, amount)
        else:
            corrected[charge_id] = corrected.get(charge_id, Decimal(0)) + amount
    wholes: dict[int, Decimal] = {}
    for one in rows:
        whole = one.principal
        if one.origin_id is not None and one.entry_id in moved:
            source, left = moved[one.entry_id]
            whole = wholes[source] * one.principal / left
        wholes[one.pk] = whole - corrected.get(one.pk, Decimal(0))
    gone = {charge_id for charge_id, _left in moved.values()}
    return {pk: whole for pk, whole in wholes.items() if pk not in gone}


def _record(one: Charge) -> str:
    """The source key of a rolled due: whose, for which place, in which currency."""
    return f"roll:{one.party_id}:{one.land_unit_id or 0}:{one.premises_id or 0}:{one.currency}"


def run_roll(roll: Roll, *, by: Viewer, progress: Progress = lambda done, total: None) -> int:
    """Charge what the preview shows, one entry for every 2,500 dues; how many were charged. A second run: none.

    Rewards come with the dues they are for, in one transaction: a run that is cut short gives none of them twice.
    """
    found = preview_roll(roll, by=by)
    done = 0
    for start in range(0, len(found.news), CHUNK):
        part = found.news[start : start + CHUNK]
        with recorded(by=by, reason=f"تحقق جماعي {roll.kind} {roll.to_year}"):
            entry = write_charges(
                part,
                journal=Journal.CHARGES,
                kind=EntryKind.CHARGE,
                on=today(),
                description=f"تحقق جماعي: {found.news[0].description}",
                by=by,
            )
            if roll.reward is not None and found.rewards:
                made = Charge.objects.filter(entry=entry).order_by("id")
                give_rewards(list(made), found.rewards, roll.reward, by=by)
        done += len(part)
        progress(done, len(found.news))
    log.info("finance.roll_run", kind=roll.kind, year=roll.to_year, charged=done, by=by.user_id)
    return done


def paper_told(paper: DecisionPaper | None) -> dict[str, str] | None:
    """A decision as a job keeps it among what it was asked."""
    if paper is None:
        return None
    on = paper.decided_on.isoformat() if paper.decided_on else ""
    return {"number": paper.number, "decided_on": on, "authority": paper.authority}


def paper_from(told: dict[str, str] | None) -> DecisionPaper | None:
    """The other way round."""
    if not told:
        return None
    on = date.fromisoformat(told["decided_on"]) if told["decided_on"] else None
    return DecisionPaper(number=told["number"], decided_on=on, authority=told["authority"])
