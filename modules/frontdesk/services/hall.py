"""The hall's tickets: given, called, rung again, sent on, closed. Whoever calls sits at a counter."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.notifications.services import send_sms
from kernel.parties.identifiers import keep_phone
from kernel.viewer import Viewer
from modules.frontdesk.constants import LIVE_TICKETS, TicketPriority, TicketState, ToolKind
from modules.frontdesk.errors.hall import (
    CategoryNotFound,
    CounterNotFound,
    CounterTaken,
    NobodyCalled,
    NobodyWaits,
    NotAtCounter,
    TicketAlreadyHeld,
    TicketNotFound,
    TicketNotWaiting,
    TicketStillOpen,
    TransferNowhere,
)
from modules.frontdesk.events import TicketCalled, TicketClosed, TicketTaken
from modules.frontdesk.models import DeskTool, Ticket
from modules.frontdesk.selectors.hall import (
    HALL,
    Counter,
    at_counter,
    counters,
    hall,
    standing_of,
    tickets_today,
    waiting_for,
)


def give_ticket(category: str, *, priority: str = "", phone: str = "", by: Viewer) -> Ticket:
    """The next number of the category today. With a telephone its owner is told the number and the wait.

    Refuses `CategoryNotFound`, and `TicketAlreadyHeld` for a telephone that waits already.
    """
    by.require(HALL)
    if hall().category(category) is None:
        raise CategoryNotFound(category=category)
    kept = keep_phone(phone).e164 or phone.strip() if phone.strip() else ""
    ticket = Ticket(
        day=today(),
        category=category,
        queue=category,
        priority=TicketPriority(priority) if priority else "",
        phone=kept[:20],
    )
    with recorded(by=by):
        try:
            with transaction.atomic():
                ticket.save()
        except IntegrityError:
            held = tickets_today().filter(phone=ticket.phone, state__in=LIVE_TICKETS).first()
            if not ticket.phone or held is None:
                raise
            raise TicketAlreadyHeld(ticket=held.label) from None
        ticket.refresh_from_db(fields=["number"])
        happened = TicketTaken(str(ticket.uid), ticket.label, category, ticket.day)
        emit(happened, by=by)
        if ticket.phone:
            tell_number(ticket, by=by)
    return ticket


def sit_down(counter: str, *, by: Viewer) -> Counter:
    """Sign on at a counter; one's former counter becomes free.

    Refuses `CounterNotFound`, `CounterTaken`, and `TicketStillOpen` while a ticket is at the former counter.
    """
    by.require(HALL)
    with recorded(by=by):
        rows = {
            row.name: row
            for row in DeskTool.objects.select_for_update()
            .filter(kind=ToolKind.COUNTER)
            .order_by("id")
        }
        chosen = rows.get(counter)
        if chosen is None:
            raise CounterNotFound(counter=counter)
        if chosen.owner_id not in (None, by.user_id):
            sits = next(one.sits for one in counters() if one.name == counter)
            raise CounterTaken(counter=counter, name=sits)
        for row in rows.values():
            if row.owner_id == by.user_id and row is not chosen:
                _stand_up(row)
        if chosen.owner_id is None:
            chosen.owner_id = by.user_id
            chosen.definition = {**chosen.definition, "since": today().isoformat()}
            chosen.save()
    return next(one for one in counters() if one.name == counter)


def stand_up(*, by: Viewer) -> None:
    """Sign off. Refuses `NotAtCounter`, and `TicketStillOpen` while a ticket is at the counter."""
    with recorded(by=by):
        _stand_up(_my_row(by))


def call_next(*, by: Viewer) -> Ticket:
    """Call who is next for one's counter; two counters at the same moment call two different tickets.

    Refuses `NotAtCounter`, `TicketStillOpen`, and `NobodyWaits`.
    """
    by.require(HALL)
    with recorded(by=by):
        counter = _my_counter(by)
        there = at_counter(counter.name)
        if there is not None:
            raise TicketStillOpen(ticket=there.label)
        ticket = waiting_for(counter).select_for_update(skip_locked=True).first()
        if ticket is None:
            raise NobodyWaits()
        now = timezone.now()
        ticket.state, ticket.counter = TicketState.CALLED, counter.name
        ticket.called_at = ticket.rung_at = now
        ticket.calls += 1
        ticket.waited_seconds += _seconds(ticket.waiting_since, now)
        ticket.save()
        emit(TicketCalled(str(ticket.uid), ticket.label, counter.name), by=by)
    return ticket


def ring_again(*, by: Viewer) -> Ticket:
    """Recall: the screen shows the ticket anew. Refuses `NotAtCounter` and `NobodyCalled`."""
    with recorded(by=by):
        ticket = _called(by)
        ticket.calls += 1
        ticket.rung_at = timezone.now()
        ticket.save()
    return ticket


def close_ticket(outcome: str, *, by: Viewer) -> Ticket:
    """The ticket at one's counter was served, or its holder did not come.

    Refuses `NotAtCounter` and `NobodyCalled`.
    """
    with recorded(by=by):
        ticket = _called(by)
        served = outcome == TicketState.SERVED
        ticket.state = TicketState.SERVED if served else TicketState.ABSENT
        if served:
            ticket.served_seconds += _seconds(ticket.called_at, timezone.now())
        ticket.served_by_name = by.name
        _end(ticket, by=by)
    return ticket


def transfer(*, category: str = "", counter: str = "", by: Viewer) -> Ticket:
    """Send the ticket at one's counter on, under its number: to a category, or to one counter alone.

    It is called before those who came after it. Refuses `NotAtCounter`, `NobodyCalled`, `TransferNowhere`,
    `CategoryNotFound` and `CounterNotFound`.
    """
    with recorded(by=by):
        ticket = _called(by)
        if (not category and not counter) or counter == ticket.counter:
            raise TransferNowhere()
        if category and hall().category(category) is None:
            raise CategoryNotFound(category=category)
        if counter and counter not in {one.name for one in counters()}:
            raise CounterNotFound(counter=counter)
        now = timezone.now()
        ticket.served_seconds += _seconds(ticket.called_at, now)
        ticket.state, ticket.counter = TicketState.WAITING, counter
        ticket.queue = category or ticket.queue
        ticket.waiting_since = now
        ticket.save()
    return ticket


def take_back(uid: UUID | str, *, by: Viewer) -> Ticket:
    """Who did not come is here now: waits again under the same number, behind those who waited meanwhile.

    Refuses `TicketNotFound`, and `TicketNotWaiting` for a ticket that is not absent today.
    """
    by.require(HALL)
    with recorded(by=by):
        ticket = _locked(uid)
        if ticket.state != TicketState.ABSENT:
            raise _not_waiting(ticket)
        ticket.state, ticket.counter = TicketState.WAITING, ""
        ticket.waiting_since, ticket.ended_at = timezone.now(), None
        try:
            with transaction.atomic():
                ticket.save()
        except IntegrityError:
            raise TicketAlreadyHeld(ticket=ticket.label) from None
    return ticket


def leave(uid: UUID | str, *, by: Viewer) -> Ticket:
    """A waiting ticket is given back. Refuses `TicketNotFound` and `TicketNotWaiting`."""
    by.require(HALL)
    with recorded(by=by):
        return give_back(uid, by=by)


def give_back(uid: UUID | str, *, by: Viewer) -> Ticket:
    """What `leave` does, inside the caller's transaction, for callers that know who may."""
    ticket = _locked(uid)
    if ticket.state != TicketState.WAITING:
        raise _not_waiting(ticket)
    ticket.state = TicketState.LEFT
    _end(ticket, by=by)
    return ticket


def clear_hall(*, by: Viewer) -> int:
    """After the day: what still waited, or stood at a counter, has left; who forgot to sign off is. Rerunnable."""
    cleared = 0
    with recorded(by=by):
        old = Ticket.objects.select_for_update().filter(day__lt=today(), state__in=LIVE_TICKETS)
        for ticket in old.order_by("id"):
            ticket.state = TicketState.LEFT
            _end(ticket, by=by)
            cleared += 1
        taken = DeskTool.objects.filter(kind=ToolKind.COUNTER, owner__isnull=False)
        taken.exclude(definition__since=today().isoformat()).update(owner=None)
    return cleared


def _end(ticket: Ticket, *, by: Viewer) -> None:
    ticket.ended_at = timezone.now()
    ticket.save()
    happened = TicketClosed(
        str(ticket.uid),
        ticket.label,
        str(ticket.state),
        ticket.counter,
        ticket.waited_seconds,
        ticket.served_seconds,
    )
    emit(happened, by=by)


def _my_row(by: Viewer) -> DeskTool:
    """One's own counter, locked: a second click waits here for the first."""
    by.require(HALL)
    mine = DeskTool.objects.select_for_update().filter(
        kind=ToolKind.COUNTER, owner_id=by.user_id, owner__isnull=False
    )
    row = mine.first()
    if row is None:
        raise NotAtCounter()
    return row


def _my_counter(by: Viewer) -> Counter:
    row = _my_row(by)
    return Counter(row.name, tuple(row.definition.get("categories", ())), by.name, by.user_id)


def _called(by: Viewer) -> Ticket:
    ticket = at_counter(_my_row(by).name)
    if ticket is None:
        raise NobodyCalled()
    return ticket


def _locked(uid: UUID | str) -> Ticket:
    found = tickets_today().select_for_update().filter(uid=uid).first()
    if found is None:
        raise TicketNotFound()
    return found


def _not_waiting(ticket: Ticket) -> TicketNotWaiting:
    return TicketNotWaiting(ticket=ticket.label, state=ticket.get_state_display())


def _stand_up(row: DeskTool) -> None:
    there = at_counter(row.name)
    if there is not None:
        raise TicketStillOpen(ticket=there.label)
    row.owner = None
    row.save()


def _seconds(since: datetime | None, until: datetime) -> int:
    return max(0, int((until - since).total_seconds())) if since else 0


def tell_number(ticket: Ticket, *, by: Viewer) -> None:
    """The holder's number and wait, by text message."""
    standing = standing_of(ticket)
    with in_language("ar"):
        text = _(
            "Your number is %(ticket)s. Before you: %(before)s, about %(minutes)s minutes."
        ) % {
            "ticket": ticket.label,
            "before": standing.before,
            "minutes": standing.minutes,
        }
        send_sms(phone=ticket.phone, text=text, about=f"ticket:{ticket.uid}", by=by)
