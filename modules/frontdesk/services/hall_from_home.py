"""Tickets of the hall that citizens take by their own telephone, and the message that says that the turn is near."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.notifications.services import send_sms
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.frontdesk.constants import LIVE_TICKETS, Channel, TicketPriority, TicketState
from modules.frontdesk.errors.hall import (
    CategoryNotFound,
    HallClosed,
    NoTicketsFromHome,
    TicketAlreadyHeld,
)
from modules.frontdesk.events import TicketTaken
from modules.frontdesk.models import Ticket
from modules.frontdesk.selectors.hall import hall, own_ticket, tickets_today, turns
from modules.frontdesk.selectors.hall_hours import is_hall_open
from modules.frontdesk.selectors.tracking import count_try
from modules.frontdesk.services.hall import give_back, tell_number
from modules.frontdesk.services.online import on_the_web

TAKEN_PER_ADDRESS = 20
"""In a quarter of an hour; a family or a hall behind one address is not shut out."""


def take_ticket(
    category: str, *, priority: str = "", phone: str = "", address: str, by: Viewer
) -> Ticket:
    """A citizen takes the next number of a category, while the hall is open. `phone` was proved by a code, or is "".

    Refuses `HallClosed`, `NoTicketsFromHome` where as many wait as policy FRD-01 lets, `CategoryNotFound`,
    `TicketAlreadyHeld` for a telephone that waits already, and `TooManyTries` for one address.
    """
    if not is_hall_open():
        raise HallClosed()
    if hall().category(category) is None:
        raise CategoryNotFound(category=category)
    count_try(f"ticket:{address}", TAKEN_PER_ADDRESS)
    actor = on_the_web(by)
    ticket = Ticket(
        day=today(),
        category=category,
        queue=category,
        priority=TicketPriority(priority) if priority else "",
        phone=phone[:20],
        channel=Channel.WEB,
    )
    with recorded(by=actor):
        _one_at_a_time()
        most = int(value("FRD-01.tickets_from_home", on=today()).value)
        waiting = tickets_today().filter(state=TicketState.WAITING, channel=Channel.WEB)
        if waiting.count() >= most:
            raise NoTicketsFromHome()
        try:
            with transaction.atomic():
                ticket.save()
        except IntegrityError:
            held = held_by(phone)
            if held is None:
                raise
            raise TicketAlreadyHeld(ticket=held.label) from None
        ticket.refresh_from_db(fields=["number"])
        emit(TicketTaken(str(ticket.uid), ticket.label, category, ticket.day), by=actor)
        if ticket.phone:
            tell_number(ticket, by=actor)
    return ticket


def _one_at_a_time() -> None:
    """Until the transaction ends nobody else takes a ticket from home: else two would both find the last one free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('frontdesk.ticket_home:' || current_schema(), 0))"
        )


def held_by(phone: str) -> Ticket | None:
    """The ticket with which this telephone waits today."""
    if not phone:
        return None
    return tickets_today().filter(phone=phone, state__in=LIVE_TICKETS).first()


def give_up(uid: UUID | str, *, by: Viewer) -> Ticket:
    """Whoever holds the ticket's address does not come. Refuses `TicketNotFound` and `TicketNotWaiting`."""
    actor = on_the_web(by)
    with recorded(by=actor):
        return give_back(own_ticket(uid).uid, by=actor)


def tell_who_is_near(uid: UUID | str, *, by: Viewer) -> int:
    """After a call: tell those of its queue before whom few are left (policy FRD-01), each once. Rerunnable."""
    near = int(value("FRD-01.turn_is_near", on=today()).value)
    called = tickets_today().filter(uid=uid).first()
    if not near or called is None:
        return 0
    told = 0
    with recorded(by=by):
        for before, ticket in enumerate(turns(called.queue)):
            if before > near:
                break
            if not ticket.phone or ticket.near_told_at is not None:
                continue
            mine = Ticket.objects.filter(
                pk=ticket.pk, state=TicketState.WAITING, near_told_at__isnull=True
            )
            if mine.update(near_told_at=timezone.now()):
                _tell_near(ticket, before, by=by)
                told += 1
    return told


def _tell_near(ticket: Ticket, before: int, *, by: Viewer) -> None:
    with in_language("ar"):
        text = _("Your turn is near: %(ticket)s, before you %(before)s. Please be in the hall.") % {
            "ticket": ticket.label,
            "before": before,
        }
        send_sms(phone=ticket.phone, text=text, about=f"ticket:{ticket.uid}", by=by)
