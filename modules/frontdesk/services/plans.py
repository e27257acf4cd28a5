"""The action plan of a blocked citizen: instalments of the dues and papers to bring, on one sheet that they sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from moneyed import Money

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.files.models import StoredFile
from kernel.money import format_money
from kernel.policies.models import Decision as PolicyDecision
from kernel.policies.selectors import decisions_on
from kernel.policies.services import override_decision, record_decision
from kernel.text import listed
from kernel.viewer import Viewer
from modules.frontdesk.constants import GateCode
from modules.frontdesk.errors import (
    OverrideNotAllowed,
    PlanDates,
    PlanDoesNotCover,
    PlanNotFound,
    PlanStands,
    ReasonRequired,
)
from modules.frontdesk.events import ActionPlanSigned, DuesActionTaken
from modules.frontdesk.models import ActionPlan, Request
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.gates import Gate, dues_gate, is_fulfilled, point_of
from modules.frontdesk.selectors.plans import ACTION_POINT
from modules.frontdesk.selectors.requests import counting_papers
from modules.frontdesk.services.papers import waive_paper
from modules.frontdesk.services.recording import lock_draft

ACTIONS = ("proceed", "warn", "pay_now", "plan", "refuse")


@dataclass(frozen=True)
class Instalment:
    on: date
    amount: Money


def take_action(uid: UUID | str, *, action: str, reason: str = "", by: Viewer) -> PolicyDecision:
    """Keep what was done about the dues of a draft: who, when, on which verdict, under which article.

    A refusal needs a reason; the article is the policy's that the gate was judged by. Refuses `ReasonRequired`.
    """
    by.require("frontdesk.open")
    if action not in ACTIONS or (action == "refuse" and not reason.strip()):
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        request = lock_draft(uid, by=by)
        gate = dues_gate(asked_of(request, on=today()))
        emit(
            DuesActionTaken(
                str(request.uid), request.service_version.service.code, action, gate.article
            ),
            by=by,
        )
        return record_decision(
            ACTION_POINT,
            subject=request.subject_ref,
            outcome=action,
            inputs={
                "verdict": gate.outcome.value,
                "total": [format_money(one) for one in gate.total],
            },
            answers=gate.answers,
            reasons=[reason.strip() or gate.sentence],
            basis_date=today(),
            by=by,
        )


def draw_plan(
    uid: UUID | str,
    *,
    instalments: Sequence[Instalment],
    papers: Sequence[tuple[str, date]] = (),
    text: str = "",
    by: Viewer,
) -> ActionPlan:
    """Draw up a plan for a draft that dues stop. It opens nothing before it is signed.

    Refuses `PlanStands`, `PlanDates`, and `PlanDoesNotCover` when the instalments do not come to the dues.
    """
    by.require("frontdesk.open")
    days = [one.on for one in instalments] + [on for _code, on in papers]
    if not days or min(days) < today() or any(one.amount.amount <= 0 for one in instalments):
        raise PlanDates()
    with recorded(by=by, reason=text):
        request = lock_draft(uid, by=by)
        if ActionPlan.objects.filter(request=request, ended_at=None).exists():
            raise PlanStands()
        gate = dues_gate(asked_of(request, on=today()))
        _require_covered(gate, instalments)
        return ActionPlan.objects.create(
            request=request,
            items={
                "instalments": [
                    {
                        "on": one.on.isoformat(),
                        "amount": str(one.amount.amount),
                        "currency": one.amount.currency.code,
                    }
                    for one in instalments
                ],
                "papers": [{"code": code, "on": on.isoformat()} for code, on in papers],
            },
            text=text.strip(),
            expires_on=max(days),
            made_by_name=by.name,
        )


def sign_plan(
    uid: UUID | str, plan_uid: UUID | str, *, signature: StoredFile, authority: str, by: Viewer
) -> ActionPlan:
    """Accept the plan that the citizen signed: the gate of dues is open until its last day while its instalments are
    paid, papers are waived on condition.

    Needs `policies.override`. Refuses `PlanNotFound`, and `OverrideNotAllowed` for one's own draft.
    """
    by.require("policies.override")
    with recorded(by=by, reason=authority):
        request = lock_draft(uid, by=by)
        plan = plan_for(request, plan_uid)
        if request.opened_by_id is not None and request.opened_by_id == by.user_id:
            raise OverrideNotAllowed()
        point = point_of(GateCode.DUES)
        verdict = decisions_on(by, request.subject_ref, point=point).first() or _judged(request)
        override = override_decision(
            verdict,
            authority=authority,
            reason=_("Signed action plan of %(day)s.") % {"day": f"{today():%d/%m/%Y}"},
            expires_on=plan.expires_on,
            by=by,
        )
        # Whoever judges the gate later asks whether this plan is kept.
        plan.items = {**plan.items, "override": str(override.uid)}
        plan.signature, plan.signed_at = signature, timezone.now()
        plan.save()
        brought = counting_papers(request)
        for paper in plan.items["papers"]:
            asked = request.design_asked.requirement(paper["code"])
            if asked is not None and is_fulfilled(asked, brought.get(paper["code"], ())):
                continue
            waive_paper(
                uid,
                requirement=paper["code"],
                reason=_("Promised in the signed plan."),
                conditional=True,
                until=date.fromisoformat(paper["on"]),
                by=by,
            )
        emit(ActionPlanSigned(str(request.uid), str(plan.uid), plan.expires_on), by=by)
    return plan


def drop_plan(uid: UUID | str, plan_uid: UUID | str, *, by: Viewer) -> None:
    """Throw an unsigned plan away, to draw another. Refuses `PlanNotFound` for a signed one."""
    by.require("frontdesk.open")
    with recorded(by=by):
        request = lock_draft(uid, by=by)
        plan = plan_for(request, plan_uid)
        if plan.signed_at is not None:
            raise PlanNotFound()
        plan.delete()


def standing_plan(request: Request) -> ActionPlan | None:
    """The plan of a request that was not ended, signed or not."""
    return ActionPlan.objects.filter(request=request, ended_at=None).first()


def plan_for(request: Request, uid: UUID | str) -> ActionPlan:
    """The standing plan of that uid, or `PlanNotFound`."""
    found = ActionPlan.objects.filter(request=request, uid=uid, ended_at=None).first()
    if found is None:
        raise PlanNotFound()
    return found


def _judged(request: Request) -> PolicyDecision:
    """The verdict of today where none was kept yet; the house judges, so that who signs does not override themselves."""
    gate = dues_gate(asked_of(request, on=today()))
    return record_decision(
        point_of(GateCode.DUES),
        subject=request.subject_ref,
        outcome=gate.outcome.value,
        inputs=gate.inputs,
        answers=gate.answers,
        reasons=[one.kept() for one in gate.reasons],
        basis_date=today(),
        by=Viewer.system("frontdesk"),
    )


def _require_covered(gate: Gate, instalments: Sequence[Instalment]) -> None:
    planned: dict[str, Money] = {}
    for one in instalments:
        code = one.amount.currency.code
        planned[code] = planned[code] + one.amount if code in planned else one.amount
    owed = {one.currency.code: one for one in gate.total}
    if planned != owed:
        raise PlanDoesNotCover(sum=_told(planned.values()), total=_told(owed.values()))


def _told(amounts: object) -> str:
    return listed(format_money(one) for one in amounts) or "0"  # type: ignore[attr-defined]
