"""What stands in the way of a request: papers and answers, the standing of who asks, dues, holds, fees that cannot be taken.

Reads only. `services.submit` records the verdicts; the page shows them as «ما الذي سيوقف الطلب» before anything is
filed. Dues never stop a complaint, an objection, an appeal or a payment, and "unknown" is never read as "none".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _
from moneyed import Money

from kernel import registry
from kernel.holds.selectors import holds_on
from kernel.money import format_money, money
from kernel.policies.selectors import PolicyAnswer, override_for, value
from kernel.ports import ask, is_provided
from kernel.ports.charges import ChargePort
from kernel.ports.dues import DueLine, DuesPort
from kernel.text import listed
from modules.frontdesk.answers import missing_answers
from modules.frontdesk.applying import asked_papers, fee_amount
from modules.frontdesk.constants import GateCode, GateOutcome
from modules.frontdesk.definitions import Requirement
from modules.frontdesk.models import RequestPaper
from modules.frontdesk.selectors.plans import DUES_AT_ISSUE, beyond_plan, plan_behind
from modules.frontdesk.selectors.standing import asks_standing, standing_gate
from modules.frontdesk.selectors.verdicts import Asked, Gate, Reason

__all__ = ["DUES_AT_ISSUE", "Asked", "Gate", "Reason", "gates_of", "opened_by", "with_overrides"]


def gates_of(asked: Asked) -> list[Gate]:
    """Every gate's verdict, in the order in which the clerk meets them."""
    gates = [papers_gate(asked)]
    if asks_standing(asked):
        gates.append(standing_gate(asked))
    gates.append(dues_gate(asked))
    gates.append(holds_gate(asked))
    if asked.design.costs_money:
        gates.append(fee_gate(asked))
    return gates


def with_overrides(gates: Sequence[Gate], *, subject: str, on: date) -> list[Gate]:
    """The gates with those let pass by authority (policy GOV-05) opened, each saying by whom."""
    return [
        opened_by(gate, subject=subject, points=(point_of(gate.code),), on=on) for gate in gates
    ]


def opened_by(gate: Gate, *, subject: str, points: Sequence[str], on: date) -> Gate:
    """The gate as an exception at one of the points leaves it. A signed plan opens it only while it is kept."""
    if not gate.blocks or not may_let_pass(gate):
        return gate
    for point in points:
        override = override_for(subject, point=point, on=on)
        if override is None:
            continue
        plan = plan_behind(override)
        beyond = beyond_plan(plan, gate.total, on=on) if plan else ()
        if not beyond:
            return replace(
                gate,
                outcome=GateOutcome.WARN,
                overridden_by=override.overridden_by_name,
                authority=override.authority,
            )
        sentence = _("More is owed than the signed plan leaves open: %(amount)s.") % {
            "amount": listed(format_money(one) for one in beyond)
        }
        gate = replace(gate, reasons=(*gate.reasons, Reason("plan_not_kept", sentence)))
    return gate


def may_let_pass(gate: Gate) -> bool:
    """Whether any authority may open it: papers are waived and fees exempted instead, and nobody asks for the dead."""
    dead = any(one.code.endswith("_dead") for one in gate.reasons)
    return gate.code not in (GateCode.PAPERS, GateCode.FEE) and not dead


def point_of(gate: str) -> str:
    """The enforcement point under which the manual's decisions on a gate are kept."""
    return f"frontdesk.submit.{gate}"


def papers_gate(asked: Asked) -> Gate:
    """Refuses while a required answer, the place, the applicant or a mandatory paper is missing."""
    reasons = []
    if not asked.has_applicant and not asked.design.applicant.anonymous:
        reasons.append(Reason("applicant_missing", _("Name the applicant."), "applicant"))
    if not asked.has_applicant and asked.design.applicant.anonymous:
        allowed = value("FRD-07.anonymous_allowed", on=asked.on)
        if not allowed.value:
            reasons.append(
                Reason(
                    "applicant_missing",
                    _("Complaints without a name are not accepted here."),
                    "applicant",
                )
            )
    if asked.design.place == "required" and not asked.has_place:
        reasons.append(Reason("place_missing", _("Name the parcel."), "land_unit"))
    reasons += [
        Reason(
            "answer_missing",
            _("“%(question)s” is not answered.") % {"question": one.label},
            f"answers.{one.code}",
        )
        for one in missing_answers(
            asked.design.fields,
            asked.answers,
            sections=asked.design.sections,
            known=asked.about,
        )
    ]
    for requirement in asked_papers(asked.design, asked.facts):
        if requirement.is_mandatory(with_agent=asked.with_agent) and not is_fulfilled(
            requirement, asked.papers.get(requirement.code, ())
        ):
            sentence = _("Missing paper: %(paper)s.") % {"paper": paper_title(requirement.code)}
            reasons.append(Reason("paper_missing", sentence, f"papers.{requirement.code}"))
    return Gate(
        GateCode.PAPERS,
        GateOutcome.REFUSE if reasons else GateOutcome.PROCEED,
        tuple(reasons),
        inputs={"papers": sorted(asked.papers), "answers": sorted(asked.answers)},
    )


def is_fulfilled(requirement: Requirement, papers: Sequence[RequestPaper]) -> bool:
    """True with the paper itself, a waiver, or one whole set of its substitutes (policy FRD-03)."""
    if any(paper.file_id is None or paper.document_type == requirement.code for paper in papers):
        return True
    there = {paper.document_type for paper in papers}
    return any(set(together) <= there for together in requirement.substitutes)


def dues_gate(asked: Asked) -> Gate:
    """Policy FRD-04: dues above the threshold stop a service that asks for it, or warn where it only warns.

    A plan in good standing passes when the policy says so, and so does what post-dated cheques cover; a suspended policy lets everybody pass; services that
    dues may never stop are not even asked about.
    """
    exempt = value("FRD-04.exempt_services", on=asked.on)
    if asked.design.gates.dues == "never" or asked.service_code in exempt.value:
        reason = Reason("dues_never_block", _("Dues never stop this service."))
        return Gate(GateCode.DUES, GateOutcome.PROCEED, (reason,), answers=(exempt,))
    if not asked.party_ids:
        return Gate(GateCode.DUES, GateOutcome.PROCEED, answers=(exempt,))
    threshold = value("FRD-04.threshold", on=asked.on)
    plan_passes = value("FRD-04.plan_in_good_standing_passes", on=asked.on)
    covered_passes = value("FRD-04.covered_passes", on=asked.on)
    policies = (exempt, threshold, plan_passes, covered_passes)
    answer = ask(DuesPort).dues_of(asked.party_ids, on=asked.on)
    if not answer.known:
        return _dues_unknown(asked, policies)
    counted = tuple(
        replace(line, balance=line.balance - line.covered) if covered_passes.value else line
        for line in answer.lines
        if line.balance > 0 and not (plan_passes.value and line.plan)
    )
    total = _totals(counted)
    inputs = {
        "parties": sorted(asked.party_ids),
        "lines": [
            {
                "charge": one.charge_uid,
                "kind": one.kind,
                "balance": one.balance,
                "currency": one.currency,
                "plan": one.plan,
                "covered": one.covered,
            }
            for one in answer.lines
        ],
    }
    verdict = Gate(GateCode.DUES, GateOutcome.PROCEED, (), inputs, policies, answer.lines, total)
    if not _is_above(total, threshold.value):
        return replace(verdict, reasons=(Reason("dues_clear", _("No dues stand in the way.")),))
    amount = listed(format_money(one) for one in total)
    if threshold.suspended:
        sentence = _("Dues of %(amount)s; the policy is suspended and lets pass.") % {
            "amount": amount
        }
        return replace(
            verdict, outcome=GateOutcome.WARN, reasons=(Reason("dues_suspended", sentence),)
        )
    if asked.design.gates.dues == "warn":
        sentence = _("Dues of %(amount)s are open. They do not stop this service.") % {
            "amount": amount
        }
        return replace(verdict, outcome=GateOutcome.WARN, reasons=(Reason("dues_open", sentence),))
    sentence = _("Dues of %(amount)s must be settled first, or put on a plan.") % {"amount": amount}
    return replace(verdict, outcome=GateOutcome.PAY_NOW, reasons=(Reason("dues_block", sentence),))


def holds_gate(asked: Asked) -> Gate:
    """Refuses while a hold on the person or the place blocks requests."""
    effects = set(asked.design.gates.holds)
    found = [
        one
        for one in holds_on(asked.subjects)
        if one.effect in effects or one.effect == "everything"
    ]
    if not effects:
        found = []
    reasons = tuple(
        Reason("hold", _("On hold: %(reason)s") % {"reason": one.reason}, str(one.uid))
        for one in found
    )
    return Gate(
        GateCode.HOLDS,
        GateOutcome.REFUSE if found else GateOutcome.PROCEED,
        reasons,
        inputs={"subjects": sorted(asked.subjects), "holds": [str(one.uid) for one in found]},
    )


def fee_gate(asked: Asked) -> Gate:
    """Says what the service costs; refuses when nobody here can take the fee (finance is switched off)."""
    computed = [
        (one, fee_amount(one, asked.design, asked.facts))
        for one in asked.design.fees
        if one.is_computed
    ]
    quoted = tuple(money(amount, one.currency) for one, amount in computed if amount)
    if not is_provided(ChargePort):
        sentence = _(
            "This service costs a fee, and the finance module that takes it is not switched on here."
        )
        return Gate(
            GateCode.FEE, GateOutcome.REFUSE, (Reason("fees_unavailable", sentence),), total=quoted
        )
    unclear = [one for one, amount in computed if amount is None]
    if unclear and asked.filing:
        sentence = _("The fee “%(fee)s” cannot be computed from these answers.") % {
            "fee": unclear[0].title
        }
        return Gate(GateCode.FEE, GateOutcome.REFUSE, (Reason("fee_unclear", sentence),))
    amounts = listed(format_money(one) for one in quoted)
    at_intake = any(one.when == "at_intake" and amount for one, amount in computed)
    if at_intake:
        sentence = _("Fee of %(amount)s, paid before work begins.") % {"amount": amounts}
    elif quoted:
        sentence = _("Fee of %(amount)s, paid later on the route.") % {"amount": amounts}
    else:
        sentence = _("The fee is assessed on the route.")
    outcome = GateOutcome.WARN if at_intake else GateOutcome.PROCEED
    return Gate(
        GateCode.FEE,
        outcome,
        (Reason("fee", sentence),),
        {"fees": [f.code for f in asked.design.fees]},
        total=quoted,
    )


def paper_title(code: str) -> str:
    """A document type in the reader's words."""
    declared = registry.document_types().get(code)
    return str(declared.title) if declared else code


def _dues_unknown(asked: Asked, policies: tuple[PolicyAnswer, ...]) -> Gate:
    """Nobody could tell what is owed: never "none". A clearance is refused, the rest warned about."""
    refuse = asked.design.gates.dues == "block" and asked.design.gates.dues_unknown == "refuse"
    sentence = (
        _("What this person owes is not known here, so it cannot be certified.")
        if refuse
        else _(
            "What this person owes is not known here. Ask for a statement of the finance office."
        )
    )
    return Gate(
        GateCode.DUES,
        GateOutcome.REFUSE if refuse else GateOutcome.WARN,
        (Reason("dues_unknown", sentence),),
        {"parties": sorted(asked.party_ids), "known": False},
        policies,
    )


def _totals(lines: Collection[DueLine]) -> tuple[Money, ...]:
    by_currency: dict[str, Money] = {}
    for line in lines:
        balance = money(line.balance, line.currency)
        held = by_currency.get(line.currency)
        by_currency[line.currency] = balance if held is None else held + balance
    return tuple(by_currency[code] for code in sorted(by_currency))


def _is_above(total: Sequence[Money], threshold: Money) -> bool:
    """Another currency than the threshold's has no rate here: any debt in it counts as above."""
    return any(
        one > threshold if one.currency == threshold.currency else one.amount > 0 for one in total
    )
