"""May a definition be published here? Pure: the definition and what this municipality has go in, sentences come out.

A fault refuses; a hint only tells. The shape of a definition is judged in `definitions`, its sense here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter

from django.utils.translation import gettext_lazy as _

from kernel.errors import Sentence
from modules.frontdesk.constants import AFTER_REJECTION, PREFILLS, StepKind
from modules.frontdesk.definitions import Fault, Fee, Field, ServiceDefinition, Step, check
from modules.frontdesk.rules import Kind, Rule, RuleFault, can_hold, read_rule
from modules.frontdesk.rules.facts import Names, names_at_intake, names_before

_IN_OUTPUT = frozenset({"number", "submitted_on", "decision", "decision_reason", "service"})
_IN_MESSAGES = frozenset({"number", "service", "promised_on"})
_IN_REJECTION = _IN_MESSAGES | {"days", "reason"}


@dataclass(frozen=True)
class Here:
    """What this municipality has. `seats`: (section, role) pairs in which somebody sits today."""

    sections: frozenset[str]
    roles: frozenset[str]
    accounts: frozenset[str]
    papers: frozenset[str]
    seats: frozenset[tuple[str, str]] = frozenset()
    takes_money: bool = True


@dataclass(frozen=True)
class Verdict:
    faults: tuple[Fault, ...]
    hints: tuple[Fault, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.faults


@dataclass
class _Finding:
    faults: list[Fault] = field(default_factory=list)
    hints: list[Fault] = field(default_factory=list)

    def rule(
        self, path: str, text: str, names: Names, *, answers: Kind = "bool", never: Sentence = ""
    ) -> Rule | None:
        """Read one rule, noting what is wrong with it; `never` is said when it can never hold."""
        if not text.strip():
            return None
        try:
            rule = read_rule(text, names.kinds, answers=answers)
        except RuleFault as fault:
            self.faults.append(Fault(path, fault.message, fault.facts))
            return None
        if never and can_hold([rule], names.kinds, names.choices) is False:
            self.faults.append(Fault(path, never))
        return rule


def judge_definition(design: ServiceDefinition, here: Here) -> Verdict:
    """Everything that stands against publishing, and what is worth a second look."""
    found = _Finding(list(check(design)))
    _form(design, found)
    _papers(design, here, found)
    for fee in design.fees:
        _fee(fee, design, here, found)
    _route(design, here, found)
    _gates(design, found)
    _texts(design, found)
    return Verdict(tuple(found.faults), tuple(found.hints))


def _form(design: ServiceDefinition, found: _Finding) -> None:
    names = names_at_intake(design)
    for section in design.sections:
        path = f"sections.{section.code}.shown_if"
        found.rule(
            path, section.shown_if, names, never=_("can never hold: the part is never shown")
        )
        if not any(one.section == section.code for one in design.fields):
            found.hints.append(Fault(f"sections.{section.code}", _("holds no question")))
    for one in design.fields:
        path = f"fields.{one.code}"
        found.rule(
            f"{path}.shown_if",
            one.shown_if,
            names,
            never=_("can never hold: the question is never asked"),
        )
        found.rule(
            f"{path}.valid_if", one.valid_if, names, never=_("can never hold: no answer would do")
        )
        if one.prefill and one.prefill not in PREFILLS:
            found.faults.append(
                Fault(f"{path}.prefill", _("nothing is known as %(code)r"), {"code": one.prefill})
            )


def _papers(design: ServiceDefinition, here: Here, found: _Finding) -> None:
    names = names_at_intake(design)
    for paper in design.papers:
        path = f"papers.{paper.code}"
        found.rule(
            f"{path}.asked_if",
            paper.asked_if,
            names,
            never=_("can never hold: the paper is never asked for"),
        )
        for code in sorted(paper.accepted - here.papers):
            found.faults.append(
                Fault(path, _("no kind of paper is called %(code)r"), {"code": code})
            )


def _fee(fee: Fee, design: ServiceDefinition, here: Here, found: _Finding) -> None:
    path, names = f"fees.{fee.code}", names_at_intake(design)
    if fee.dues_kind not in here.accounts:
        found.faults.append(
            Fault(
                f"{path}.dues_kind",
                _("has no account: finance keeps no dues of the kind %(code)r"),
                {"code": fee.dues_kind},
            )
        )
    if not here.takes_money:
        found.hints.append(Fault(path, _("cannot be taken while finance is switched off")))
    found.rule(
        f"{path}.charged_if",
        fee.charged_if,
        names,
        never=_("can never hold: the fee is never charged"),
    )
    if fee.kind == "formula":
        found.rule(f"{path}.formula", fee.formula, names, answers="number")
    of = next((one for one in design.fields if one.code == fee.of), None)
    if of is None:
        return
    if fee.kind == "bands" and of.kind not in ("number", "money"):
        found.faults.append(Fault(f"{path}.of", _("bands need a question answered by a number")))
    if fee.kind == "table":
        if of.kind != "choice":
            found.faults.append(Fault(f"{path}.of", _("a tariff table needs a choice")))
        listed = [one.answer for one in fee.cells]
        for choice in of.choices:
            if choice.code not in listed:
                found.faults.append(
                    Fault(
                        f"{path}.cells", _("no amount for “%(answer)s”"), {"answer": choice.label}
                    )
                )
    if not of.required and not fee.charged_if:
        found.hints.append(Fault(f"{path}.of", _("depends on a question that may stay empty")))


def _route(design: ServiceDefinition, here: Here, found: _Finding) -> None:
    decided_in = next((n for n, step in design.steps() if step.decides), None)
    for number, stage in enumerate(design.route, 1):
        names = _names_of_stage(design, number, decided_in)
        reachable = False
        for step in stage.steps:
            reachable = (
                _step(step, names, here, found, after=_is_after(number, decided_in)) or reachable
            )
        if stage.steps and not reachable:
            found.faults.append(Fault(f"route.{number}", _("the stage can never be reached"), {}))
    _order(design, decided_in, found)


def _names_of_stage(design: ServiceDefinition, stage: int, decided_in: int | None) -> Names:
    names = names_before(design, stage)
    decisions: Sequence[str] = ()
    if _is_after(stage, decided_in):
        decisions = ("approved", "rejected")
    return Names(names.kinds, {**names.choices, "decision": decisions})


def _is_after(stage: int, decided_in: int | None) -> bool:
    return decided_in is not None and stage > decided_in


def _step(step: Step, names: Names, here: Here, found: _Finding, *, after: bool) -> bool:
    """Judge one step; says whether it can be reached."""
    path = f"route.{step.code}"
    if step.section not in here.sections:
        found.faults.append(
            Fault(
                f"{path}.section",
                _("the municipality has no section %(code)r"),
                {"code": step.section},
            )
        )
    for name, role in (("role", step.role), ("escalate_to", step.escalate_to)):
        if role and role not in here.roles:
            found.faults.append(
                Fault(f"{path}.{name}", _("the municipality has no role %(code)r"), {"code": role})
            )
    if step.role in here.roles and (step.section, step.role) not in here.seats:
        found.hints.append(
            Fault(f"{path}.role", _("nobody sits in this role at this section today"))
        )
    if step.decides and step.done_if:
        found.faults.append(
            Fault(f"{path}.done_if", _("the step that decides cannot depend on a condition"))
        )
    if step.kind == StepKind.EXTERNAL_OPINION and not step.body.ar:
        found.hints.append(Fault(f"{path}.body", _("names no outside body; it is asked for then")))
    if after and step.kind not in AFTER_REJECTION:
        names = Names(names.kinds, {**names.choices, "decision": ("approved",)})
    before = len(found.faults)
    rule = found.rule(
        f"{path}.done_if", step.done_if, names, never=_("can never hold: the step is never done")
    )
    for one in step.fields:
        _step_field(one, f"{path}.fields.{one.code}", found)
    return rule is None or len(found.faults) == before


def _step_field(one: Field, path: str, found: _Finding) -> None:
    if one.shown_if or one.valid_if:
        found.faults.append(Fault(path, _("questions of a step have no conditions of their own")))


def _order(design: ServiceDefinition, decided_in: int | None, found: _Finding) -> None:
    """A document is handed over, once it is decided; a fee is assessed before it is collected."""
    stages = {kind: [n for n, step in design.steps() if step.kind == kind] for kind in StepKind}
    deliveries = stages[StepKind.DELIVERY]
    if design.output is not None and not deliveries:
        found.faults.append(Fault("route", _("nobody hands the document over")))
    if decided_in is not None and any(number < decided_in for number in deliveries):
        found.faults.append(Fault("route", _("the document is handed over before the decision")))
    collected = max(stages[StepKind.FEE_COLLECTION], default=None)
    by_code = {step.code: number for number, step in design.steps()}
    for fee in design.fees:
        late = collected is not None and by_code.get(fee.assessed_by, 0) >= collected
        if fee.kind == "assessed" and late:
            found.faults.append(
                Fault(f"fees.{fee.code}", _("is assessed after the fees are collected"))
            )
    if sum(step.days for _stage, step in design.steps()) > design.days and design.days:
        longest = sum(max((step.days for step in stage.steps), default=0) for stage in design.route)
        if longest > design.days:
            found.hints.append(
                Fault(
                    "days",
                    _("the stages need up to %(longest)s working days, %(days)s are promised"),
                    {"longest": longest, "days": design.days},
                )
            )


def _gates(design: ServiceDefinition, found: _Finding) -> None:
    """Complaints can never be stopped by dues."""
    if (design.applicant.anonymous or design.applicant.hidden) and design.gates.dues != "never":
        found.faults.append(
            Fault("gates.dues", _("a complaint is never stopped by dues; choose “never”"))
        )


def _texts(design: ServiceDefinition, found: _Finding) -> None:
    asked = {one.code for one in design.fields}
    if design.output is not None:
        for words in (design.output.body.ar, design.output.body.en):
            _places("output.body", words, _IN_OUTPUT | asked, found)
    known: Mapping[str, frozenset[str]] = {"rejected": _IN_REJECTION}
    for name in ("submitted", "approved", "rejected", "ready"):
        words = getattr(design.messages, name)
        for text in (words.ar, words.en):
            _places(f"messages.{name}", text, known.get(name, _IN_MESSAGES), found)


def _places(path: str, text: str, known: frozenset[str] | set[str], found: _Finding) -> None:
    """Every {place} of a text must be something that will be known when it is written."""
    try:
        named = {
            name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None
        }
    except ValueError:
        found.faults.append(Fault(path, _("has a curly bracket without its pair")))
        return
    for name in sorted(named - set(known)):
        found.faults.append(Fault(path, _("nothing is known as %(code)r"), {"code": name}))


def paths_of(verdict: Verdict) -> Iterator[str]:
    """Where the faults stand."""
    return (one.path for one in verdict.faults)
