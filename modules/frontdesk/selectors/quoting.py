"""What a service will cost for the facts that were told, before anything is filed: fees, papers, days, until when.

The same rules that judge and charge a request are asked, so that a quotation says what the cash desk will take. What
a step computes, or what is not known yet, is said in words and never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from moneyed import Money

from kernel.calendar.clock import Clock
from kernel.calendar.selectors import working_calendar
from kernel.money import money
from kernel.policies.selectors import PolicyAnswer, value
from modules.frontdesk.applying import asked_papers, fee_amount
from modules.frontdesk.definitions import Fee, Requirement, ServiceDefinition
from modules.frontdesk.models import Request, ServiceVersion
from modules.frontdesk.rules.facts import facts_of_answers
from modules.frontdesk.selectors.asking import about_request
from modules.frontdesk.selectors.clock_days import days_of_service


@dataclass(frozen=True)
class QuotedFee:
    """One fee. Without an amount, `step` computes it, or an answer that it needs was not given."""

    fee: Fee
    amount: Money | None
    step: str = ""


@dataclass(frozen=True)
class Quotation:
    """What was told on a day. `is_whole`: every fee has its amount. `version` is what the fees were read from."""

    request: Request
    on: date
    fees: tuple[QuotedFee, ...]
    papers: tuple[tuple[Requirement, bool], ...]
    days: int
    promised_on: date | None
    valid_until: date
    policy: PolicyAnswer

    @property
    def version(self) -> ServiceVersion:
        return self.request.service_version

    @property
    def is_whole(self) -> bool:
        return all(one.amount is not None for one in self.fees)

    @property
    def totals(self) -> tuple[Money, ...]:
        """What is known, by currency; amounts of two currencies are never added."""
        sums: dict[str, Money] = {}
        for one in self.fees:
            if one.amount is not None:
                code = one.amount.currency.code
                sums[code] = sums[code] + one.amount if code in sums else one.amount
        return tuple(sums.values())


def quotation_of(request: Request, *, on: date) -> Quotation:
    """What this draft would cost if it were submitted on that day, and until when that is promised.

    Good for the days of policy FRD-01, but never into the days of a version that is published already.
    """
    design = request.design_asked
    facts = {
        **about_request(request, on=on),
        **facts_of_answers(design.fields, request.answers),
    }
    fees = [_quoted(one, design, facts) for one in design.fees]
    policy = value("FRD-01.quotation_days", on=on)
    days = days_of_service(request.service_version, on=on)
    return Quotation(
        request=request,
        on=on,
        fees=tuple(one for one in fees if one.amount is None or one.amount.amount),
        papers=tuple(
            (one, one.is_mandatory(with_agent=request.with_agent))
            for one in asked_papers(design, facts)
        ),
        days=days,
        promised_on=Clock(working_calendar(), on, days).due_on(),
        valid_until=_good_until(request.service_version, on=on, days=int(policy.value)),
        policy=policy,
    )


def _quoted(fee: Fee, design: ServiceDefinition, facts: dict[str, Any]) -> QuotedFee:
    if not fee.is_computed:
        step = next((one for _stage, one in design.steps() if one.code == fee.assessed_by), None)
        return QuotedFee(fee, None, str(step.title) if step else "")
    amount = fee_amount(fee, design, facts)
    return QuotedFee(fee, None if amount is None else money(amount, fee.currency))


def _good_until(version: ServiceVersion, *, on: date, days: int) -> date:
    last = on + timedelta(days=days)
    following = (
        ServiceVersion.objects.filter(
            service=version.service_id, published_at__isnull=False, in_force_from__gt=on
        )
        .order_by("in_force_from")
        .values_list("in_force_from", flat=True)
        .first()
    )
    return min(last, following - timedelta(days=1)) if following else last
