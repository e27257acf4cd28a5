"""Whether who asks may ask: alive, and lawfully represented (policy FRD-06).

Nothing is asked in the name of the dead: their heirs ask, as one party, through whoever stands for them. A company
asks through its authorised signatory. An agent shows a power of attorney that is dated, not too old and not run out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kernel.parties.constants import PartyKind
from kernel.parties.models import Party
from kernel.policies.selectors import PolicyAnswer, value
from modules.frontdesk.constants import ActsBy, GateCode, GateOutcome
from modules.frontdesk.selectors.verdicts import Asked, Gate, Reason

REPRESENTED = (PartyKind.HEIRS, PartyKind.ORGANISATION)
"""Parties that act only through a person. A public body writes by letter, which names its own."""


def died(**people: Party | None) -> dict[str, date]:
    """Which of these persons are noted as dead, and since when."""
    return {
        role: person.died_on
        for role, person in people.items()
        if person is not None and person.died_on is not None
    }


def asks_standing(asked: Asked) -> bool:
    """Whether there is anything to judge: most people come themselves."""
    return bool(asked.with_agent or asked.dead or asked.applicant_kind in REPRESENTED)


def standing_gate(asked: Asked) -> Gate:
    """Refuses what is asked in the name of the dead, an agent's power that is undated, too old or over, and heirs whom
    nobody stands for; a company without a named signatory as policy FRD-06 says.
    """
    answers: list[PolicyAnswer] = []
    reasons = _of_the_dead(asked)
    outcome = GateOutcome.REFUSE if reasons else GateOutcome.PROCEED
    if asked.with_agent:
        if not asked.has_agent:
            reasons.append(Reason("agent_missing", _("Say who acts for who asks."), "agent"))
            outcome = GateOutcome.REFUSE
        limit = value("FRD-06.poa_max_age_days", on=asked.on)
        answers.append(limit)
        reason = paper_fault(
            asked.acts_by,
            asked.agent_power_on,
            asked.agent_power_until,
            on=asked.on,
            most_days=int(limit.value),
        ) or _not_of_heirs(asked)
        if reason is not None:
            reasons.append(reason)
            outcome = GateOutcome.REFUSE
    elif asked.applicant_kind in REPRESENTED:
        wanted = value("FRD-06.representative", on=asked.on)
        answers.append(wanted)
        if wanted.value != "none":
            reasons.append(_unrepresented(asked.applicant_kind))
            if wanted.value == "refuse" and outcome is GateOutcome.PROCEED:
                outcome = GateOutcome.REFUSE
            elif outcome is GateOutcome.PROCEED:
                outcome = GateOutcome.WARN
    inputs = {
        "power_on": asked.agent_power_on,
        "power_until": asked.agent_power_until,
        "acts_by": asked.acts_by,
        "kind": asked.applicant_kind,
        "dead": dict(asked.dead),
    }
    return Gate(GateCode.AGENT, outcome, tuple(reasons), inputs, tuple(answers))


def paper_fault(
    acts_by: str, given_on: date | None, until: date | None, *, on: date, most_days: int
) -> Reason | None:
    """What is wrong on a day with the paper by which somebody acts for another, None when nothing is.

    A power of attorney grows old and runs out; a certificate of inheritance says who the heirs are and does not.
    """
    if acts_by != ActsBy.INHERITANCE:
        return power_fault(given_on, until, on=on, most_days=most_days)
    if given_on is None:
        return Reason(
            "deed_undated", _("Enter the date of the certificate of inheritance."), "agent_power_on"
        )
    if given_on > on:
        return Reason(
            "deed_early",
            _("The certificate of inheritance is dated %(day)s, a day that has not come yet.")
            % {"day": f"{given_on:%d/%m/%Y}"},
            "agent_power_on",
        )
    return None


def power_fault(
    given_on: date | None, until: date | None, *, on: date, most_days: int
) -> Reason | None:
    """What is wrong with a power of attorney on a day, None when nothing is."""
    if given_on is None:
        return Reason(
            "agent_power_undated", _("Enter the date of the power of attorney."), "agent_power_on"
        )
    if given_on > on:
        return Reason(
            "agent_power_early",
            _("The power of attorney is dated %(day)s, a day that has not come yet.")
            % {"day": f"{given_on:%d/%m/%Y}"},
            "agent_power_on",
        )
    if until is not None and until < on:
        return Reason(
            "agent_power_over",
            _("The power of attorney ran out on %(day)s. A new one is needed.")
            % {"day": f"{until:%d/%m/%Y}"},
            "agent_power_until",
        )
    if (on - given_on) > timedelta(days=most_days):
        return Reason(
            "agent_power_expired",
            _("The power of attorney is older than %(days)s days.") % {"days": most_days},
            "agent_power_on",
        )
    return None


def _of_the_dead(asked: Asked) -> list[Reason]:
    sentences: Mapping[str, str] = {
        "applicant": _("The applicant died on %(day)s. Their heirs ask, as one party."),
        "beneficiary": _("The beneficiary died on %(day)s. Name their heirs instead."),
        "agent": _("The agent died on %(day)s; the power of attorney ended with them."),
    }
    return [
        Reason(f"{role}_dead", sentences[role] % {"day": f"{day:%d/%m/%Y}"}, role)
        for role, day in asked.dead.items()
    ]


def _not_of_heirs(asked: Asked) -> Reason | None:
    """A certificate of inheritance speaks for heirs and for nobody else; whom the web named is not known yet."""
    if asked.acts_by != ActsBy.INHERITANCE or asked.applicant_kind in ("", PartyKind.HEIRS):
        return None
    return Reason(
        "heirs_missing",
        _(
            "A certificate of inheritance speaks for the heirs of somebody who died. Name the heirs."
        ),
        "applicant",
    )


def _unrepresented(kind: str) -> Reason:
    sentence = (
        _("Name who stands for the heirs, with the paper that says so.")
        if kind == PartyKind.HEIRS
        else _("Name the authorised signatory, with the paper that says so.")
    )
    return Reason("representative_missing", sentence, "agent")
