"""Instalment plans (policy REV-01): agree, review every night, let a broken one stand again, cancel.

A plan never touches its dues: they keep their amounts and dates, so that breaking it restores them by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

import structlog
from django.db import DatabaseError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.money import Money, format_money, money
from kernel.numbering.services import take
from kernel.parties.selectors import ids_of
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import DUE_IN_ANOTHER_PLAN, PlanState
from modules.finance.errors import ChargeNotOpen, ReasonMissing
from modules.finance.errors.cheques import NothingChosen
from modules.finance.errors.plans import (
    DownPaymentMissing,
    DueInAnotherPlan,
    GuarantorMissing,
    InstalmentTooSmall,
    PlanMixesCurrencies,
    PlanMoveNotAllowed,
    PlanStillMissed,
    TooManyInstalments,
)
from modules.finance.events import PlanDefaulted, PlanRestored
from modules.finance.models import Charge, Plan
from modules.finance.models.steps import may_follow
from modules.finance.months import month_later
from modules.finance.selectors.plans import paid_on_day, progress_of
from modules.finance.services.stepping import Move, take_step_of_plan

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is agreed: how many instalments, one a month, from when; who vouches."""

    count: int
    first_on: date
    guarantor: str = ""
    note: str = ""


def instalments(amount: Money, *, count: int, first_on: date) -> list[tuple[date, Money]]:
    """Equal whole amounts, one a month; the last one absorbs what division leaves."""
    each = money((amount.amount / count).quantize(Decimal(1), ROUND_FLOOR), amount.currency.code)
    rows = [(month_later(first_on, place), each) for place in range(count - 1)]
    return [*rows, (month_later(first_on, count - 1), amount - each * (count - 1))]


def needed_down_payment(amount: Money, *, on: date) -> Money:
    """REV-01: the least that is paid on the day of the agreement, of the dues before it."""
    percent = Decimal(value("REV-01.min_down_percent", on=on).value)
    return money(amount.amount * percent / 100, amount.currency.code)


def agree_plan(*, party_id: int, charge_ids: Sequence[int], terms: Terms, by: Viewer) -> Plan:
    """Agree on instalments for what is left of these dues, after the down payment of today.

    Refuses `NothingChosen`, `ChargeNotOpen`, `PlanMixesCurrencies`, `TooManyInstalments`, `InstalmentTooSmall`,
    `DownPaymentMissing`, `GuarantorMissing` (all REV-01), `DueInAnotherPlan`.
    """
    by.require("finance.manage_plans")
    on = today()
    if not charge_ids:
        raise NothingChosen()
    with recorded(by=by):
        charges = _held(party_id, charge_ids)
        currency = charges[0].currency
        owed = money(sum((one.balance for one in charges), Decimal(0)), currency)
        paid = money(paid_on_day([one.pk for one in charges], on), currency)
        _refuse_against_policy(owed, paid, terms, on)
        rows = instalments(owed, count=terms.count, first_on=terms.first_on)
        number = take("finance.plan", year=on.year, by=by)
        try:
            with transaction.atomic():
                plan = Plan.objects.create(
                    year=on.year,
                    number=number.number,
                    number_text=number.text,
                    party_id=party_id,
                    agreed_on=on,
                    currency=currency,
                    amount=owed.amount,
                    down_payment=paid.amount,
                    charge_ids=[one.pk for one in charges],
                    schedule=[
                        {"due_on": day.isoformat(), "amount": str(part.amount)}
                        for day, part in rows
                    ],
                    guarantor=terms.guarantor.strip(),
                    note=terms.note.strip(),
                )
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") == DUE_IN_ANOTHER_PLAN:
                raise DueInAnotherPlan() from error
            raise
        take_step_of_plan(plan, Move(to=PlanState.ACTIVE, on=on, note=terms.note), by=by)
    log.info("finance.plan_agreed", plan=plan.pk, by=by.user_id)
    return plan


def _held(party_id: int, charge_ids: Sequence[int]) -> list[Charge]:
    charges = list(
        Charge.objects.select_for_update(of=("self",))
        .select_related("kind")
        .filter(pk__in=charge_ids, party_id__in=ids_of(party_id))
        .order_by("id")
    )
    if len(charges) != len(set(charge_ids)):
        raise ChargeNotOpen(charge=ChargeNotOpen.OF_ANOTHER)
    for one in charges:
        if one.balance <= 0:
            raise ChargeNotOpen(charge=one.title)
    if len({one.currency for one in charges}) > 1:
        raise PlanMixesCurrencies()
    return charges


def _refuse_against_policy(owed: Money, paid: Money, terms: Terms, on: date) -> None:
    most = int(value("REV-01.max_instalments", on=on).value)
    if terms.count > most:
        raise TooManyInstalments(most=most)
    each = instalments(owed, count=terms.count, first_on=terms.first_on)[0][1]
    least: Money = value("REV-01.min_instalment", on=on).value
    if each.currency == least.currency and each < least:
        raise InstalmentTooSmall(amount=format_money(each), least=format_money(least))
    limit: Money = value("REV-01.guarantor_above", on=on).value
    whole = owed + paid
    if (
        limit.amount
        and whole.currency == limit.currency
        and whole > limit
        and not terms.guarantor.strip()
    ):
        raise GuarantorMissing(limit=format_money(limit))
    needed = needed_down_payment(whole, on=on)
    if paid < needed:
        raise DownPaymentMissing(needed=format_money(needed), paid=format_money(paid))


def review_plan(plan: Plan, *, by: Viewer) -> Plan:
    """Paid whole, or broken by as many missed instalments as REV-01 says; otherwise left as it is."""
    on = today()
    progress = progress_of(plan, on=on)
    if plan.state in {PlanState.ACTIVE, PlanState.DEFAULTED} and progress.owed <= 0:
        with recorded(by=by):
            take_step_of_plan(plan, Move(to=PlanState.COMPLETED, on=on), by=by)
    elif plan.state == PlanState.ACTIVE:
        most = int(value("REV-01.default_after_missed", on=on).value)
        if len(progress.missed) >= most:
            default_plan(plan, reason=f"أقساط متخلفة: {len(progress.missed)}", by=by)
    return plan


def review_plans(*, by: Viewer) -> int:
    """Review every plan that stands; how many changed."""
    changed = 0
    standing = Plan.objects.filter(state__in=[PlanState.ACTIVE, PlanState.DEFAULTED]).order_by("id")
    for plan in standing.iterator():
        before = plan.state
        changed += review_plan(plan, by=by).state != before
    return changed


def default_plan(plan: Plan, *, reason: str, by: Viewer) -> Plan:
    """The plan is broken: its dues count with their own dates again. A plan that is broken already stays so."""
    with recorded(by=by, reason=reason):
        held = Plan.objects.select_for_update().get(pk=plan.pk)
        if held.state != PlanState.ACTIVE:
            return held
        take_step_of_plan(held, Move(to=PlanState.DEFAULTED, on=today(), note=reason), by=by)
        emit(
            PlanDefaulted(
                plan_uid=str(held.uid),
                number=held.number_text,
                party_id=held.party_id,
                owed=progress_of(held, on=today()).owed,
                currency=held.currency,
                reason=reason,
            ),
            by=by,
        )
        plan.state = held.state
    log.info("finance.plan_defaulted", plan=held.pk, by=by.user_id)
    return held


def restore_plan(plan: Plan, *, reason: str, by: Viewer) -> Plan:
    """A broken plan stands again once what was missed is paid. Refuses `PlanStillMissed`, `ReasonMissing`."""
    by.require("finance.manage_plans")
    if not reason.strip():
        raise ReasonMissing()
    on = today()
    with recorded(by=by, reason=reason):
        held = _moved(plan, PlanState.ACTIVE)
        missed = progress_of(held, on=on).missed_amount
        if missed > 0:
            raise PlanStillMissed(amount=format_money(money(missed, held.currency)))
        take_step_of_plan(held, Move(to=PlanState.ACTIVE, on=on, note=reason), by=by)
        emit(
            PlanRestored(plan_uid=str(held.uid), number=held.number_text, party_id=held.party_id),
            by=by,
        )
    return held


def cancel_plan(plan: Plan, *, reason: str, by: Viewer) -> Plan:
    """Call the agreement off; the dues were never changed. Refuses `ReasonMissing`, `PlanMoveNotAllowed`."""
    by.require("finance.manage_plans")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = _moved(plan, PlanState.CANCELLED)
        take_step_of_plan(held, Move(to=PlanState.CANCELLED, on=today(), note=reason), by=by)
    return held


def _moved(plan: Plan, to: PlanState) -> Plan:
    held = Plan.objects.select_for_update().get(pk=plan.pk)
    if to not in may_follow("plan", held.state):
        raise PlanMoveNotAllowed(number=held.number_text, state=PlanState(held.state).label)
    return held
