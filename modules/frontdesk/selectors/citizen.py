"""What the citizen reads of a request that was shown to be theirs: what is asked of them, and what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from modules.frontdesk.constants import PAPER_DEFICIENCIES, DeficiencyKind, PauseKind, Verb
from modules.frontdesk.definitions import Field
from modules.frontdesk.models import Deficiency, Pause, Request, TrailEntry
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.requests import counting_papers

_WRITTEN = (Verb.CITIZEN_WROTE, Verb.TOLD)


@dataclass(frozen=True)
class Written:
    """One message between the citizen and the desk. The desk has no name here: the municipality answers."""

    text: str
    at: datetime
    mine: bool


@dataclass(frozen=True)
class Wanted:
    """One thing to mend, with what the citizen brought for it so far."""

    deficiency: Deficiency
    title: str
    is_paper: bool
    in_person: bool
    brought: tuple[str, ...] = ()
    question: Field | None = None


def asked_of_citizen(request: Request) -> list[Deficiency]:
    """What is open of the list with which the request was returned; empty while nothing is asked."""
    pause = Pause.objects.filter(request=request, kind=PauseKind.CITIZEN, ended_at=None).first()
    if pause is None or request.decision:
        return []
    return list(Deficiency.objects.filter(pause=pause, resolved_at=None).order_by("id"))


def wanted_of(request: Request) -> list[Wanted]:
    """The same in words, each with what answers it."""
    asked = asked_of_citizen(request)
    papers = counting_papers(request) if asked else {}
    found = []
    for one in asked:
        is_paper = one.kind in PAPER_DEFICIENCIES
        question = next((q for q in request.design.fields if q.code == one.target), None)
        named = question.label if question else paper_title(one.target) if one.target else ""
        title = f"{one.get_kind_display()}: {named}" if named else str(one.get_kind_display())
        brought = tuple(
            paper.title
            for paper in papers.get(one.target or "other", ())
            if is_paper and paper.created_at >= one.created_at
        )
        in_person = one.kind == DeficiencyKind.PRESENCE
        found.append(Wanted(one, title, is_paper, in_person, brought, question))
    return found


def written_on(request: Request) -> list[Written]:
    """What the citizen and the desk wrote to one another, oldest first."""
    rows = TrailEntry.objects.filter(request=request, verb__in=_WRITTEN).order_by("id")
    return [Written(one.text, one.created_at, one.verb == Verb.CITIZEN_WROTE) for one in rows]
