"""What was done about dues: whether a signed plan is kept, what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from moneyed import Money

from kernel.money import money
from kernel.policies.models import Decision, Override
from kernel.policies.selectors import decisions_on, override_for
from kernel.viewer import Viewer
from modules.frontdesk.constants import BLOCKING_OUTCOMES
from modules.frontdesk.models import ActionPlan, Request

ACTION_POINT = "frontdesk.submit.dues.action"
"""Under which what was done about the dues of a draft is kept."""
DUES_AT_ISSUE = "frontdesk.issue.dues"
"""Where dues are judged again, on the day a paper about them is printed."""


def plan_behind(override: Override) -> ActionPlan | None:
    """The signed plan for which a gate was opened; None where it was opened on authority alone."""
    of_request = ActionPlan.objects.filter(request__uid=override.subject.removeprefix("request:"))
    signed = of_request.filter(signed_at__isnull=False, ended_at=None)
    return next((one for one in signed if one.items.get("override") == str(override.uid)), None)


def beyond_plan(plan: ActionPlan, owed: Sequence[Money], *, on: date) -> tuple[Money, ...]:
    """What is owed on that day beyond the instalments that are still to come, by currency; nothing while it is kept."""
    left: dict[str, Decimal] = {}
    for one in plan.items["instalments"]:
        if date.fromisoformat(one["on"]) >= on:
            code = one["currency"]
            left[code] = left.get(code, Decimal(0)) + Decimal(one["amount"])
    beyond = (
        one - money(left.get(one.currency.code, Decimal(0)), one.currency.code) for one in owed
    )
    return tuple(one for one in beyond if one.amount > 0)


def refusal_of_dues(viewer: Viewer, request: Request) -> Decision | None:
    """The refusal for dues that stands: the newest act, where it was a refusal."""
    newest = decisions_on(viewer, request.subject_ref, point=ACTION_POINT).first()
    return newest if newest is not None and newest.outcome == "refuse" else None


def stopped_printing(
    request: Request, verdicts: Sequence[Decision], *, on: date
) -> Decision | None:
    """The verdict by which the document of a request is not printed today: the newest of its printing, not let pass since."""
    judged = [one for one in verdicts if one.point == DUES_AT_ISSUE]
    if not judged or request.document_id is not None or not request.is_open:
        return None
    newest = judged[-1]
    if newest.outcome not in BLOCKING_OUTCOMES:
        return None
    opened = override_for(request.subject_ref, point=DUES_AT_ISSUE, on=on)
    return None if opened is not None and opened.decision_id >= newest.pk else newest
