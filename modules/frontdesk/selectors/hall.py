"""The hall as it is: its categories and counters, who waits, who is called, how long it will take, period figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from uuid import UUID

from django.db.models import Avg, BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.frontdesk.constants import LIVE_TICKETS, TicketState, ToolKind
from modules.frontdesk.errors.hall import TicketNotFound
from modules.frontdesk.models import DeskTool, Ticket
from modules.frontdesk.selectors.figure_cases import nine_of_ten

HALL = "frontdesk.hall"
KEEP = "frontdesk.hall_keep"
_IN_TURN = ExpressionWrapper(Q(priority=""), output_field=BooleanField())
ENOUGH_SERVED = 3
"""Tickets served today from which their own average is better than the category's minutes."""


@dataclass(frozen=True)
class Category:
    code: str
    title_ar: str
    title_en: str
    minutes: int

    @property
    def title(self) -> str:
        return self.title_en if get_language() == "en" and self.title_en else self.title_ar


@dataclass(frozen=True)
class Hall:
    """What the municipality set for its hall. Before it did: one category, no counter, no screen."""

    categories: tuple[Category, ...]
    screen: str = ""

    def category(self, code: str) -> Category | None:
        return next((one for one in self.categories if one.code == code), None)


@dataclass(frozen=True)
class Counter:
    """A counter and who sits there. Without categories of its own it serves all."""

    name: str
    categories: tuple[str, ...]
    sits: str
    user_id: int | None

    def serves(self, category: str) -> bool:
        return not self.categories or category in self.categories


@dataclass(frozen=True)
class Standing:
    """How many are called before a ticket, and in about how many minutes it is called."""

    before: int
    minutes: int


@dataclass(frozen=True)
class Figures:
    """A category or a counter in a period. Minutes are whole; None where nobody was called."""

    name: str
    code: str
    taken: int
    served: int
    absent: int
    left: int
    waited: int | None
    waited_ninetieth: int | None
    served_minutes: int | None


_UNSET = Hall((Category("A", "خدمات عامة", "General services", 10),))


def hall() -> Hall:
    """The hall as it was set up, or one category for everything."""
    row = DeskTool.objects.filter(kind=ToolKind.HALL).first()
    if row is None:
        return _UNSET
    kept = row.definition
    return Hall(
        tuple(Category(**one) for one in kept.get("categories", ())), kept.get("screen", "")
    )


def counters() -> list[Counter]:
    """Every counter in its order, with who sits there."""
    rows = DeskTool.objects.filter(kind=ToolKind.COUNTER).select_related("owner")
    found = [
        Counter(
            row.name,
            tuple(row.definition.get("categories", ())),
            row.owner.full_name if row.owner else "",
            row.owner_id,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (len(one.name), one.name))


def tickets_today() -> QuerySet[Ticket]:
    return Ticket.objects.filter(day=today())


def ticket_for(viewer: Viewer, uid: UUID | str) -> Ticket:
    """A ticket of any day, for who works in the hall, or `TicketNotFound`."""
    found = Ticket.objects.filter(uid=uid).first() if viewer.may(HALL) else None
    if found is None:
        raise TicketNotFound()
    return found


def own_ticket(uid: UUID | str) -> Ticket:
    """A ticket of today for whoever holds its address: what stands on the slip, nothing about a person."""
    found = tickets_today().filter(uid=uid).first()
    if found is None:
        raise TicketNotFound()
    return found


def waiting_for(counter: Counter) -> QuerySet[Ticket]:
    """Who this counter calls, in order: sent to it alone, then served first, then who waits longest."""
    free = Q(counter="")
    if counter.categories:
        free &= Q(queue__in=counter.categories)
    waiting = tickets_today().filter(state=TicketState.WAITING)
    return waiting.filter(free | Q(counter=counter.name)).order_by(
        "-counter", _IN_TURN, "waiting_since", "id"
    )


def turns(queue: str) -> list[Ticket]:
    """Who waits in a queue, in the order in which they are called."""
    return sorted(tickets_today().filter(state=TicketState.WAITING, queue=queue), key=_turn)


def waiting_by_queue() -> dict[str, int]:
    """How many wait in each queue."""
    waiting = tickets_today().filter(state=TicketState.WAITING)
    return dict(waiting.order_by().values_list("queue").annotate(many=Count("id")))


def live_tickets() -> list[Ticket]:
    """Who is at a counter and who waits, in the order in which they are called."""
    rows = tickets_today().filter(state__in=LIVE_TICKETS)
    return sorted(rows, key=lambda one: (one.state != TicketState.CALLED, *_turn(one)))


def absent_today() -> list[Ticket]:
    return list(tickets_today().filter(state=TicketState.ABSENT).order_by("-ended_at"))


def at_counter(name: str) -> Ticket | None:
    return tickets_today().filter(state=TicketState.CALLED, counter=name).first()


def standing_of(ticket: Ticket) -> Standing:
    """The place of a waiting ticket in its queue and its minutes: before it, times minutes each, by open counters.

    Minutes are today's average of the category from three served on, before that the category's own.
    """
    queue = tickets_today().filter(state=TicketState.WAITING, queue=ticket.queue)
    rows = queue.filter(Q(counter="") | Q(counter=ticket.counter))
    before = sum(1 for one in rows if _turn(one) < _turn(ticket))
    done = tickets_today().filter(state=TicketState.SERVED, queue=ticket.queue)
    seen = done.aggregate(n=Count("id"), mean=Avg("served_seconds"))
    category = hall().category(ticket.queue)
    each = float(category.minutes if category else _UNSET.categories[0].minutes)
    if seen["n"] >= ENOUGH_SERVED:
        each = seen["mean"] / 60
    sitting = [one for one in counters() if one.user_id and one.serves(ticket.queue)]
    calling = 1 if ticket.counter else max(1, len(sitting))
    return Standing(before, -(-round(before * each) // calling))


def hall_figures(*, since: date, until: date) -> tuple[list[Figures], list[Figures]]:
    """Waiting and service times of a period, by category and by counter. In two statements."""
    closed = Ticket.objects.filter(day__range=(since, until))
    rows = list(
        closed.values_list(
            "category", "counter", "state", "calls", "waited_seconds", "served_seconds"
        )
    )
    known = hall()
    by_category = []
    for code in sorted({row[0] for row in rows}):
        category = known.category(code)
        title = f"{code} · {category.title}" if category else code
        by_category.append(_figures(title, code, [row for row in rows if row[0] == code]))
    names = sorted({row[1] for row in rows if row[1] and row[3]}, key=lambda one: (len(one), one))
    at = [(name, [row for row in rows if row[1] == name and row[3]]) for name in names]
    by_counter = [_figures(_("Counter %(name)s") % {"name": name}, name, many) for name, many in at]
    return by_category, by_counter


def _figures(name: str, code: str, rows: Sequence[tuple[str, str, str, int, int, int]]) -> Figures:
    states = [row[2] for row in rows]
    waited = sorted(row[4] for row in rows if row[3])
    served = [row[5] for row in rows if row[2] == TicketState.SERVED]
    ninetieth = waited[nine_of_ten(len(waited)) - 1] if waited else None
    return Figures(
        name,
        code,
        len(rows),
        states.count(TicketState.SERVED),
        states.count(TicketState.ABSENT),
        states.count(TicketState.LEFT),
        _minutes(waited),
        None if ninetieth is None else round(ninetieth / 60),
        _minutes(served),
    )


def _minutes(seconds: Iterable[int]) -> int | None:
    known = list(seconds)
    return round(median(known) / 60) if known else None


def _turn(ticket: Ticket) -> tuple[object, ...]:
    return (not ticket.counter, not ticket.priority, ticket.waiting_since, ticket.pk)
