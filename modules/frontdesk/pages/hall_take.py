"""A ticket of the hall by one's own telephone: choose, take, give back. No account, no scripts needed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import PublicRequest, public_page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.policies.selectors import value
from modules.frontdesk.constants import LIVE_TICKETS
from modules.frontdesk.errors.hall import TicketNotFound
from modules.frontdesk.models import Ticket
from modules.frontdesk.pages.citizen_door import address_of, phone_of, private
from modules.frontdesk.pages.hall_forms import TakeTicketForm
from modules.frontdesk.selectors.hall import hall, own_ticket, waiting_by_queue
from modules.frontdesk.selectors.hall_hours import hall_window, is_hall_open
from modules.frontdesk.services.hall_from_home import give_up, held_by, take_ticket

COOKIE = "hall_ticket"
KEPT_SECONDS = 16 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
def take(request: PublicRequest) -> HttpResponse:
    """Take a ticket. Who has one already is led to it; a telephone that was proved is told by text message."""
    phone = phone_of(request)
    held = _held(request) or held_by(phone)
    if held is not None:
        return private(redirect("frontdesk-citizen:ticket", uid=held.uid))
    form = TakeTicketForm(request.POST if request.method == "POST" else None, known=_choices())
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "frontdesk.ticket-home") as once:
                if once.replayed:
                    return once.redirect()
                made = take_ticket(
                    **form.cleaned_data, phone=phone, address=address_of(request), by=request.viewer
                )
                response = once.redirect(reverse("frontdesk-citizen:ticket", args=[made.uid]))
            return private(_keep(request, response, made))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "form": form,
        "open": is_hall_open(),
        "window": hall_window(today()),
        "given": int(value("FRD-01.tickets_from_home", on=today()).value) > 0,
        "phone": phone,
    }
    return private(render(request, "frontdesk/hall/take.html", context, status=form.status))


@require_POST
@public_page(module="frontdesk")
def give_up_page(request: PublicRequest, uid: UUID) -> HttpResponse:
    """I do not come: the ticket is given back."""
    try:
        give_up(uid, by=request.viewer)
        messages.success(request, _("Your ticket was given back."))
    except TicketNotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return private(redirect("frontdesk-citizen:ticket", uid=uid))


def _choices() -> list[tuple[str, str]]:
    waiting = waiting_by_queue()
    shown = []
    for one in hall().categories:
        many = waiting.get(one.code, 0)
        wait = (
            ngettext("%(n)s waits", "%(n)s wait", many) % {"n": many} if many else _("nobody waits")
        )
        shown.append((one.code, f"{one.title} · {wait}"))
    return shown


def _held(request: PublicRequest) -> Ticket | None:
    """The ticket that this browser took today and that still waits."""
    try:
        uid = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=KEPT_SECONDS)
        found = own_ticket(uid) if uid else None
    except (BadSignature, TicketNotFound):
        return None
    return found if found is not None and found.state in LIVE_TICKETS else None


def _keep(request: PublicRequest, response: HttpResponse, ticket: Ticket) -> HttpResponse:
    response.set_signed_cookie(
        COOKIE,
        str(ticket.uid),
        salt=COOKIE,
        max_age=KEPT_SECONDS,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )
    return response
