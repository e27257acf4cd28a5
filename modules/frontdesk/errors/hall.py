"""What the hall refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class TicketNotFound(NotVisible):
    code = "frontdesk.ticket_not_found"
    sentence = _("There is no such ticket here.")


class CategoryNotFound(InvalidInput):
    code = "frontdesk.category_not_found"
    sentence = _("The hall has no category %(category)s.")
    field = "category"


class CounterNotFound(InvalidInput):
    code = "frontdesk.counter_not_found"
    sentence = _("The hall has no counter %(counter)s.")
    field = "counter"


class CounterTaken(Conflict):
    code = "frontdesk.counter_taken"
    sentence = _("%(name)s sits at counter %(counter)s.")


class CounterInUse(Conflict):
    code = "frontdesk.counter_in_use"
    sentence = _("Counter %(counter)s is in use, or a ticket was sent to it. Close these first.")


class CategoryInUse(Conflict):
    code = "frontdesk.category_in_use"
    sentence = _("Tickets of category %(category)s still wait, or it is the last one.")


class NotAtCounter(Refusal):
    code = "frontdesk.not_at_counter"
    sentence = _("Sit down at a counter first.")


class TicketStillOpen(Conflict):
    code = "frontdesk.ticket_still_open"
    sentence = _("Ticket %(ticket)s is at your counter. Close it first.")


class NobodyCalled(Conflict):
    code = "frontdesk.nobody_called"
    sentence = _("No ticket is at your counter.")


class NobodyWaits(Refusal):
    code = "frontdesk.nobody_waits"
    sentence = _("Nobody waits for this counter now.")


class TicketAlreadyHeld(Conflict):
    code = "frontdesk.ticket_already_held"
    sentence = _("This telephone has a ticket already: %(ticket)s.")
    field = "phone"


class TicketNotWaiting(Conflict):
    code = "frontdesk.ticket_not_waiting"
    sentence = _("Ticket %(ticket)s is no longer in that state: %(state)s.")


class TransferNowhere(InvalidInput):
    code = "frontdesk.transfer_nowhere"
    sentence = _("Choose another category or another counter.")
    field = "to"


class ScreenCodeWrong(InvalidInput):
    code = "frontdesk.screen_code_wrong"
    sentence = _("This is not the code of this hall's screens.")
    field = "code"


class HallClosed(Refusal):
    code = "frontdesk.hall_closed"
    sentence = _("The service hall is closed now. Tickets are taken while it is open.")


class NoTicketsFromHome(Refusal):
    code = "frontdesk.no_tickets_from_home"
    sentence = _(
        "No more tickets are given by telephone at the moment. Come to the hall, or try again later."
    )
