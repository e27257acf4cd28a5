"""The hall at work: give tickets, sit at a counter, call, ring again, send on, close; and its set-up and figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.printing.render import qr_svg
from kernel.viewer import Viewer
from modules.frontdesk.constants import TicketState
from modules.frontdesk.pages.figures import SPAN, PeriodForm, period_query
from modules.frontdesk.pages.hall_forms import (
    CategoryForm,
    CounterForm,
    CounterSetupForm,
    TicketForm,
    TransferForm,
)
from modules.frontdesk.selectors.hall import (
    Counter,
    Hall,
    absent_today,
    counters,
    hall,
    hall_figures,
    live_tickets,
    standing_of,
    ticket_for,
)
from modules.frontdesk.selectors.hall_hours import hall_window
from modules.frontdesk.services.hall import (
    call_next,
    close_ticket,
    give_ticket,
    leave,
    ring_again,
    sit_down,
    stand_up,
    take_back,
    transfer,
)
from modules.frontdesk.services.hall_setup import (
    drop_category,
    drop_counter,
    free_counter,
    new_screen_code,
    save_category,
    save_counter,
)


@require_safe
@page(permission="frontdesk.hall", module="frontdesk")
def hall_page(request: DeskRequest) -> HttpResponse:
    """My counter, who waits, and a new ticket."""
    context = _shown(request.viewer)
    if request.headers.get("HX-Request"):
        return render(request, "frontdesk/hall/queue.html", context)
    known = hall()
    context["form"] = TicketForm(known=_categories(known))
    return render(request, "frontdesk/hall/hall.html", context)


@require_POST
@page(permission="frontdesk.hall", module="frontdesk")
def ticket_new(request: DeskRequest) -> HttpResponse:
    """Give a ticket; its slip is printed from the next page."""
    form = TicketForm(request.POST, known=_categories(hall()))
    if form.is_valid():
        try:
            with once_for(request, "frontdesk.ticket") as once:
                if once.replayed:
                    return once.redirect()
                ticket = give_ticket(**form.cleaned_data, by=request.viewer)
                return once.redirect(reverse("frontdesk:ticket", args=[ticket.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = _shown(request.viewer) | {"form": form}
    return render(request, "frontdesk/hall/hall.html", context, status=form.status)


@require_safe
@page(permission="frontdesk.hall", module="frontdesk")
def ticket_slip(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The slip: number, how many before it, a QR by which the holder follows the queue."""
    ticket = ticket_for(request.viewer, uid)
    url = request.build_absolute_uri(reverse("frontdesk-citizen:ticket", args=[ticket.uid]))
    context = {
        "ticket": ticket,
        "category": hall().category(ticket.category),
        "standing": standing_of(ticket) if ticket.state == TicketState.WAITING else None,
        "qr": qr_svg(url),
    }
    return render(request, "frontdesk/hall/slip.html", context)


@require_POST
@page(permission="frontdesk.hall", module="frontdesk")
def hall_act(request: DeskRequest) -> HttpResponse:
    """What is done at one's counter: sit, next, again, served, absent, send, stand."""
    viewer = request.viewer
    acts: dict[str, Callable[[], Any]] = {
        "sit": lambda: sit_down(request.POST.get("counter", ""), by=viewer),
        "stand": lambda: stand_up(by=viewer),
        "next": lambda: call_next(by=viewer),
        "again": lambda: ring_again(by=viewer),
        "served": lambda: close_ticket(TicketState.SERVED, by=viewer),
        "absent": lambda: close_ticket(TicketState.ABSENT, by=viewer),
        "send": lambda: _send_on(request),
    }
    return _done(request, acts, "frontdesk:hall")


@require_POST
@page(permission="frontdesk.hall", module="frontdesk")
def ticket_act(request: DeskRequest, uid: UUID) -> HttpResponse:
    """A ticket that is at no counter: its holder came back, or left."""
    ticket = ticket_for(request.viewer, uid)
    acts: dict[str, Callable[[], Any]] = {
        "back": lambda: take_back(ticket.uid, by=request.viewer),
        "left": lambda: leave(ticket.uid, by=request.viewer),
    }
    return _done(request, acts, "frontdesk:hall")


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.hall_keep", module="frontdesk")
def hall_setup(request: DeskRequest) -> HttpResponse:
    """Categories, counters and the screens' code."""
    known = _categories(hall())
    asked = request.POST.get("kind", "") if request.method == "POST" else ""
    category = CategoryForm(request.POST if asked == "category" else None)
    counter = CounterSetupForm(request.POST if asked == "counter" else None, known=known)
    saves: dict[str, tuple[Any, Callable[..., Any]]] = {
        "category": (category, save_category),
        "counter": (counter, save_counter),
    }
    form, save = saves.get(asked, (None, save_category))
    if form is not None and form.is_valid():
        try:
            given = dict(form.cleaned_data)
            save(given.pop("code" if asked == "category" else "name"), **given, by=request.viewer)
            messages.success(request, _("Kept."))
            return redirect("frontdesk:hall-setup")
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "category_form": category,
        "counter_form": counter,
        "hall": hall(),
        "counters": counters(),
        "window": hall_window(today()),
        "take_url": request.build_absolute_uri(reverse("frontdesk-citizen:ticket-take")),
        "screen_url": request.build_absolute_uri(reverse("frontdesk-citizen:screen")),
    }
    status = form.status if form is not None else 200
    return render(request, "frontdesk/hall/setup.html", context, status=status)


@require_safe
@page(permission="frontdesk.hall_keep", module="frontdesk")
def hall_poster(request: DeskRequest) -> HttpResponse:
    """The sheet that hangs in the hall: the code by which a telephone takes a ticket."""
    url = request.build_absolute_uri(reverse("frontdesk-citizen:ticket-take"))
    return render(request, "frontdesk/hall/poster.html", {"url": url, "qr": qr_svg(url)})


@require_POST
@page(permission="frontdesk.hall_keep", module="frontdesk")
def hall_change(request: DeskRequest) -> HttpResponse:
    """Take a category or a counter away, free a counter, a new code for the screens."""
    viewer, name = request.viewer, request.POST.get("name", "")
    acts: dict[str, Callable[[], Any]] = {
        "drop-category": lambda: drop_category(name, by=viewer),
        "drop-counter": lambda: drop_counter(name, by=viewer),
        "free": lambda: free_counter(name, by=viewer),
        "code": lambda: _tell_code(request),
    }
    return _done(request, acts, "frontdesk:hall-setup")


@require_safe
@page(permission="frontdesk.see_all", module="frontdesk")
def hall_figures_page(request: DeskRequest) -> HttpResponse:
    """How long people waited and were served, by category and by counter."""
    form = PeriodForm(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    until = given.get("until") or today()
    since = given.get("since") or until - SPAN
    by_category, by_counter = hall_figures(since=since, until=until)
    context = {
        "form": PeriodForm(initial={"since": since, "until": until}),
        "span": period_query(since, until),
        "tables": [
            (_("By category"), by_category, "category"),
            (_("By counter"), by_counter, "counter"),
        ],
    }
    return render(request, "frontdesk/hall/figures.html", context)


def _shown(viewer: Viewer) -> dict[str, Any]:
    known, places, live = hall(), counters(), live_tickets()
    mine = next((one for one in places if one.user_id == viewer.user_id), None)
    here = None
    if mine is not None:
        at_work = (one for one in live if one.state == TicketState.CALLED)
        here = next((one for one in at_work if one.counter == mine.name), None)
    free = [(one.name, one.name) for one in places if one.user_id is None]
    titles = {one.code: one.title for one in known.categories}
    waiting = [one for one in live if one.state == TicketState.WAITING]
    called = [one for one in live if one.state == TicketState.CALLED and one != here]
    absent = absent_today()
    return {
        "waiting_count": len(waiting),
        "called_count": len(called),
        "absent_count": len(absent),
        "mine": mine,
        "here": here,
        "here_title": titles.get(here.queue, "") if here else "",
        "waiting": [
            (one, titles.get(one.queue, one.queue), _mine_to_call(mine, one)) for one in waiting
        ],
        "absent": absent,
        "sit_form": CounterForm(known=free) if free and mine is None else None,
        "send_form": TransferForm(known=_targets(known, places, mine)) if here else None,
        "has_counters": bool(places),
    }


def _mine_to_call(mine: Counter | None, ticket: Any) -> bool:
    if mine is None:
        return False
    return ticket.counter == mine.name if ticket.counter else mine.serves(ticket.queue)


def _categories(known: Hall) -> list[tuple[str, str]]:
    return [(one.code, f"{one.code} · {one.title}") for one in known.categories]


def _targets(known: Hall, places: list[Counter], mine: Counter | None) -> list[tuple[str, str]]:
    queues = [(f"q:{code}", title) for code, title in _categories(known)]
    others = [one.name for one in places if mine is None or one.name != mine.name]
    named = [_("Counter %(name)s") % {"name": name} for name in others]
    return queues + [(f"c:{name}", title) for name, title in zip(others, named, strict=True)]


def _send_on(request: DeskRequest) -> None:
    places = counters()
    mine = next((one for one in places if one.user_id == request.viewer.user_id), None)
    form = TransferForm(request.POST, known=_targets(hall(), places, mine))
    transfer(**(form.target() if form.is_valid() else {}), by=request.viewer)


def _tell_code(request: DeskRequest) -> None:
    code = new_screen_code(by=request.viewer)
    sentence = _("The screens' new code is %(code)s. It is shown only now; type it on each screen.")
    messages.success(request, sentence % {"code": code})


def _done(request: DeskRequest, acts: dict[str, Callable[[], Any]], to: str) -> HttpResponse:
    """One of the acts, then the page again; what was refused is said there."""
    try:
        act = acts.get(request.POST.get("act", ""))
        if act is not None:
            act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(to)
