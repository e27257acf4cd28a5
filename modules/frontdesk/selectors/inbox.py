"""The section's inbox: mine, my section's, delegated, waiting, overdue. Work lists are of steps, not of requests."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet

from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.frontdesk.constants import State, StepKind
from modules.frontdesk.models import RequestStep
from modules.frontdesk.selectors.requests import open_steps_of

BOXES = ("mine", "section", "delegated", "waiting", "overdue", "money")
_WAITING = (State.MISSING_ITEMS, State.WAITING_CITIZEN, State.WAITING_EXTERNAL)
SOON = timedelta(days=1)


def inbox(viewer: Viewer, box: str) -> QuerySet[RequestStep]:
    """Open steps of a box, priority persons first, then by due date."""
    steps = open_steps_of(viewer).filter(_condition(viewer, box))
    return steps.order_by(F("request__is_priority").desc(), F("due_on").asc(nulls_last=True), "id")


def inbox_counts(viewer: Viewer) -> dict[str, int]:
    """How many open steps each box holds, in one query."""
    counts = open_steps_of(viewer).aggregate(
        **{box: Count("id", filter=_condition(viewer, box)) for box in BOXES}
    )
    return {box: int(counts[box]) for box in BOXES}


def _condition(viewer: Viewer, box: str) -> Q:
    waiting = Q(request__state__in=_WAITING)
    collecting = Q(kind=StepKind.FEE_COLLECTION)
    if box == "mine":
        people = {viewer.user_id, *viewer.stands_in_for}
        return Q(assignee_id__in=people) & ~waiting & ~collecting
    if box == "delegated":
        return _in_place_of_others(viewer) & ~waiting & ~collecting
    if box == "waiting":
        return waiting
    if box == "money":
        return collecting
    if box == "overdue":
        return Q(due_on__lt=today()) & ~waiting & ~collecting
    return ~waiting & ~collecting


def _in_place_of_others(viewer: Viewer) -> Q:
    """What the person would not do but for colleagues' seats: taken by them, or free and for a seat that is lent."""
    own = {section for section, _role in viewer.seats - viewer.lent}
    others = viewer.sections - own
    free = Q(section_id__in=others)
    for role in {role for section, role in viewer.lent if section in own}:
        held = {section for section, one in viewer.lent if one == role}
        free |= Q(section_id__in=held & own, role=role)
    return Q(assignee_id__in=viewer.stands_in_for) | (Q(assignee=None) & free)
