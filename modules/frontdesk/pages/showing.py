"""How requests are shown: colours of states, names, answers and papers as rows. No rules, no queries of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from kernel import registry
from kernel.calendar.selectors import today
from kernel.policies.models import Decision as PolicyDecision
from kernel.viewer import Viewer
from modules.frontdesk.answers import shown_answer
from modules.frontdesk.constants import STOPPABLE, GateCode, GateOutcome, PaperStatus, State
from modules.frontdesk.definitions import Field, Requirement
from modules.frontdesk.models import Request, RequestPaper, RequestStep
from modules.frontdesk.selectors.gates import DUES_AT_ISSUE, is_fulfilled, paper_title
from modules.frontdesk.selectors.plans import ACTION_POINT
from modules.frontdesk.selectors.requests import knows_applicant
from modules.frontdesk.services.online import citizens_name

STATE_KINDS: Mapping[str, str] = {
    State.DRAFT: "neutral",
    State.SUBMITTED: "info",
    State.MISSING_ITEMS: "warn",
    State.IN_PROGRESS: "info",
    State.WAITING_CITIZEN: "warn",
    State.WAITING_EXTERNAL: "warn",
    State.WAITING_PAYMENT: "warn",
    State.APPROVED: "ok",
    State.REJECTED: "danger",
    State.COMPLETED: "ok",
    State.CANCELLED: "neutral",
    State.ARCHIVED: "neutral",
}
GATE_KINDS: Mapping[str, str] = {
    GateOutcome.PROCEED: "ok",
    GateOutcome.WARN: "warn",
    GateOutcome.PAY_NOW: "danger",
    GateOutcome.REFUSE: "danger",
    "plan": "info",
}


@dataclass(frozen=True)
class PaperRow:
    """A requirement with what was brought for it."""

    code: str
    title: str
    mandatory: bool
    fulfilled: bool
    note: str = ""
    papers: tuple[RequestPaper, ...] = ()
    reusable: tuple[RequestPaper, ...] = ()
    substitutes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def brought(self) -> list[tuple[RequestPaper, str]]:
        """Each paper that is there, and who brought it."""
        return [(one, shown_actor(one.added_by_name)) for one in self.papers]

    @property
    def kind(self) -> str:
        if self.fulfilled:
            return "ok"
        return "danger" if self.mandatory else "neutral"

    @property
    def word(self) -> str:
        if self.fulfilled:
            return _("there")
        return _("missing") if self.mandatory else _("if there is one")


def verdict_row(decision: PolicyDecision) -> dict[str, Any]:
    """A kept verdict of a gate in words: what was judged, how, why, under which article."""
    code, outcome = decision.point.rpartition(".")[2], decision.outcome
    if decision.point == ACTION_POINT:
        title, word = _("What was done about it"), str(STOPPABLE.get(outcome, outcome))
    else:
        title = str(GateCode(code).label) if code in GateCode.values else decision.point
        word = str(GateOutcome(outcome).label) if outcome in GateOutcome.values else outcome
    if decision.point == DUES_AT_ISSUE:
        title = _("%(gate)s, when the document was printed") % {"gate": title}
    reasons = [one["sentence"] if isinstance(one, dict) else str(one) for one in decision.reasons]
    return {
        "title": title,
        "outcome": word,
        "kind": GATE_KINDS.get(outcome, "neutral"),
        "sentences": reasons,
        "article": next((one["article"] for one in decision.answers if one["article"]), ""),
        "at": decision.created_at,
        "by": decision.decided_by_name,
    }


def shown_actor(name: str) -> str:
    """Who did it, for a reader: what a module did by itself carries its code, which is nobody's name."""
    if name in {one.code for one in registry.modules()}:
        return _("the system")
    return _("The citizen, on the web") if name == citizens_name() else name


def step_kind(step: RequestStep) -> str:
    """A late step is red whatever the request's state."""
    if step.due_on is not None and step.due_on < today() and not step.request.is_paused:
        return "danger"
    return STATE_KINDS.get(step.request.state, "neutral")


def applicant_name(viewer: Viewer, request: Request) -> str:
    """Who asked, as far as the viewer may know."""
    if not knows_applicant(viewer, request):
        return _("name withheld")
    return str(request.applicant.full_name) if request.applicant else _("without a name")


def answer_rows(fields: Sequence[Field], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Questions with their answers, in order; unanswered ones left out."""
    rows = [(str(one.label), shown_answer(one, answers.get(one.code))) for one in fields]
    return [row for row in rows if row[1]]


def paper_rows(
    request: Request, papers: Sequence[RequestPaper], *, reusable: Sequence[RequestPaper] = ()
) -> list[PaperRow]:
    """The checklist of the service with what is there, then whatever else was brought."""
    brought: dict[str, list[RequestPaper]] = {}
    for paper in papers:
        if paper.step_id is None:
            brought.setdefault(paper.requirement, []).append(paper)
    rows = [
        _row(request, one, brought.pop(one.code, []), reusable)
        for one in request.design_asked.papers
    ]
    rows += [
        PaperRow(code, paper_title(code), False, True, papers=tuple(many))
        for code, many in brought.items()
    ]
    return rows


def requirement_choices(request: Request) -> list[tuple[str, str]]:
    """Papers one may attach, the service's own first."""
    return [(one.code, paper_title(one.code)) for one in request.design_asked.papers] + [
        ("other", _("Another paper"))
    ]


def substitute_choices(request: Request) -> list[tuple[str, str]]:
    """Papers that may stand for a missing one."""
    codes: dict[str, None] = {}
    for one in request.design.papers:
        for together in one.substitutes:
            codes.update(dict.fromkeys(together))
    return [(code, paper_title(code)) for code in codes]


def _row(
    request: Request,
    asked: Requirement,
    papers: list[RequestPaper],
    reusable: Sequence[RequestPaper],
) -> PaperRow:
    counting = [one for one in papers if one.status in (PaperStatus.ATTACHED, PaperStatus.WAIVED)]
    fulfilled = is_fulfilled(asked, counting)
    offered = (
        () if fulfilled else tuple(one for one in reusable if one.document_type in asked.accepted)
    )
    return PaperRow(
        code=asked.code,
        title=paper_title(asked.code),
        mandatory=asked.is_mandatory(with_agent=request.with_agent),
        fulfilled=fulfilled,
        note=str(asked.note) if asked.note.ar else "",
        papers=tuple(papers),
        reusable=offered[:1],
        substitutes=tuple(
            " + ".join(paper_title(code) for code in together) for together in asked.substitutes
        ),
    )
