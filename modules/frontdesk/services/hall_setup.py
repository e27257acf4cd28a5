"""Setting up the hall: categories, counters, and the code by which a screen is let in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import asdict

from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.viewer import Viewer
from modules.frontdesk.constants import LIVE_TICKETS, TicketState, ToolKind
from modules.frontdesk.errors.hall import (
    CategoryInUse,
    CategoryNotFound,
    CounterInUse,
    CounterNotFound,
    ScreenCodeWrong,
)
from modules.frontdesk.models import DeskTool
from modules.frontdesk.selectors.hall import KEEP, Category, Hall, hall, tickets_today
from modules.frontdesk.selectors.tracking import count_try

_ROW = "hall"
TRIES_PER_SCREEN = 30


def save_category(
    code: str, *, title_ar: str, title_en: str = "", minutes: int, by: Viewer
) -> Category:
    """Add a category, or rewrite the one of that letter."""
    by.require(KEEP)
    made = Category(code.strip().upper(), title_ar.strip(), title_en.strip(), minutes)
    with recorded(by=by):
        _lock()
        kept = [one for one in hall().categories if one.code != made.code]
        _write(Hall(tuple(sorted([*kept, made], key=lambda one: one.code)), hall().screen))
    return made


def drop_category(code: str, *, by: Viewer) -> None:
    """Take a category away. Refuses `CategoryNotFound`, and `CategoryInUse` while its tickets wait or as the last."""
    by.require(KEEP)
    with recorded(by=by):
        _lock()
        now = hall()
        if now.category(code) is None:
            raise CategoryNotFound(category=code)
        rest = tuple(one for one in now.categories if one.code != code)
        if not rest or tickets_today().filter(queue=code, state__in=LIVE_TICKETS).exists():
            raise CategoryInUse(category=code)
        _write(Hall(rest, now.screen))


def save_counter(name: str, *, categories: Sequence[str] = (), by: Viewer) -> None:
    """Add a counter, or rewrite what it serves; none named: everything. Refuses `CategoryNotFound`."""
    by.require(KEEP)
    known = hall()
    for code in categories:
        if known.category(code) is None:
            raise CategoryNotFound(category=code)
    with recorded(by=by):
        row, _made = DeskTool.objects.select_for_update().get_or_create(
            kind=ToolKind.COUNTER, name=name.strip()[:20]
        )
        row.definition = {**row.definition, "categories": list(categories)}
        row.save()


def drop_counter(name: str, *, by: Viewer) -> None:
    """Take a counter away. Refuses `CounterNotFound`, and `CounterInUse` while somebody sits there or is sent there."""
    by.require(KEEP)
    with recorded(by=by):
        rows = DeskTool.objects.select_for_update().filter(kind=ToolKind.COUNTER, name=name)
        row = rows.first()
        if row is None:
            raise CounterNotFound(counter=name)
        sent = tickets_today().filter(counter=name, state=TicketState.WAITING)
        if row.owner_id is not None or sent.exists():
            raise CounterInUse(counter=name)
        row.delete()


def free_counter(name: str, *, by: Viewer) -> None:
    """Sign somebody off who went home; the ticket there, if any, goes back to its queue. Refuses `CounterNotFound`."""
    by.require(KEEP)
    with recorded(by=by):
        rows = DeskTool.objects.select_for_update().filter(kind=ToolKind.COUNTER, name=name)
        row = rows.first()
        if row is None:
            raise CounterNotFound(counter=name)
        for ticket in tickets_today().filter(counter=name, state=TicketState.CALLED):
            ticket.state, ticket.counter = TicketState.WAITING, ""
            ticket.waiting_since = timezone.now()
            ticket.save()
        row.owner = None
        row.save()


def new_screen_code(*, by: Viewer) -> str:
    """A new code for the hall's screens; those let in by the old one are out. Told once, kept as a digest."""
    by.require(KEEP)
    code = f"{secrets.randbelow(10**8):08d}"
    with recorded(by=by):
        _lock()
        _write(Hall(hall().categories, _digest(code)))
    return code


def let_screen_in(code: str, *, address: str) -> str:
    """What a screen keeps as its pass. Refuses `ScreenCodeWrong`, and `TooManyTries` for one address."""
    count_try(f"screen:{address}", TRIES_PER_SCREEN)
    given = _digest(code.strip())
    if not is_screen(given):
        raise ScreenCodeWrong()
    return given


def is_screen(kept: str) -> bool:
    """Whether the pass is of the code that holds now."""
    screen = hall().screen
    return bool(screen) and hmac.compare_digest(screen, kept)


def _digest(code: str) -> str:
    return hashlib.sha256(f"frontdesk.screen:{code}".encode()).hexdigest()


def _lock() -> None:
    """The hall's row, made when it is missing, held until the change is written."""
    DeskTool.objects.get_or_create(
        kind=ToolKind.HALL,
        name=_ROW,
        defaults={"definition": {"categories": [asdict(one) for one in hall().categories]}},
    )
    DeskTool.objects.select_for_update().get(kind=ToolKind.HALL, name=_ROW)


def _write(made: Hall) -> None:
    definition = {"categories": [asdict(one) for one in made.categories], "screen": made.screen}
    DeskTool.objects.filter(kind=ToolKind.HALL, name=_ROW).update(definition=definition)
