"""Appointments at the desk: the day's sheet, booked for somebody, moved, let in; and their set-up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.dates import weekday_form
from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from modules.frontdesk.errors.online import SlotNotOffered
from modules.frontdesk.pages.appointment_forms import (
    BookForm,
    DayForm,
    SlotsForm,
    special_line,
)
from modules.frontdesk.selectors.appointments import (
    Slots,
    appointment_for,
    day_sheet,
    every_slots,
    free_days,
    free_times,
    slots_named,
)
from modules.frontdesk.selectors.catalogue import offered_services
from modules.frontdesk.selectors.hall import hall
from modules.frontdesk.selectors.naming import person_meant
from modules.frontdesk.services.appointments import (
    arrive,
    book,
    cancel,
    drop_slots,
    miss,
    move,
    save_slots,
)

DAYS_SHOWN = 10
"""Days with free times that the desk chooses from."""


@require_safe
@page(permission="frontdesk.hall", module="frontdesk")
def day(request: DeskRequest) -> HttpResponse:
    """Who comes on a day, in order."""
    return render(request, "frontdesk/appointments/day.html", _day_context(request))


@require_safe
@page(permission="frontdesk.hall", module="frontdesk")
def sheet(request: DeskRequest) -> HttpResponse:
    """The same on paper."""
    return render(request, "frontdesk/appointments/sheet.html", _day_context(request))


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.hall", module="frontdesk")
def new(request: DeskRequest) -> HttpResponse:
    """Give somebody at the desk or on the telephone a time."""
    known = every_slots()
    name = request.POST.get("slots") or request.GET.get("slots", "")
    chosen = next((one for one in known if one.name == name), known[0] if len(known) == 1 else None)
    if chosen is None:
        return render(request, "frontdesk/appointments/choose.html", {"known": known})
    posted = request.POST if request.method == "POST" else None
    form = _book_form(request, chosen, posted)
    if posted is not None and form.is_valid():
        try:
            with once_for(request, "frontdesk.appointment") as once:
                if once.replayed:
                    return once.redirect()
                given = dict(form.cleaned_data)
                person = person_meant(request.viewer, given.pop("party"), field="party")
                when, at = read_moment(given.pop("at"))
                given["name"] = given["name"] or (str(person.full_name) if person else "")
                given["phone"] = given["phone"] or (person.phone if person else "")
                given.pop("slots")
                made = book(chosen.name, day=when, at=at, party=person, by=request.viewer, **given)
                messages.success(request, _("The appointment was booked."))
                return once.redirect(reverse("frontdesk:appointment", args=[made.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "chosen": chosen, "known": known}
    return render(request, "frontdesk/appointments/new.html", context, status=form.status)


@require_safe
@page(permission="frontdesk.hall", module="frontdesk")
def appointment(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One appointment, and what may be done with it."""
    return _appointment_page(request, uid)


@require_POST
@page(permission="frontdesk.hall", module="frontdesk")
def act(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Let in (a ticket of the hall), missed, cancelled, or moved."""
    found = appointment_for(request.viewer, uid)
    viewer, reason = request.viewer, request.POST.get("reason", "")
    acts: dict[str, Callable[[], Any]] = {
        "arrive": lambda: arrive(uid, by=viewer),
        "miss": lambda: miss(uid, by=viewer),
        "cancel": lambda: cancel(uid, reason=reason, by=viewer),
        "move": lambda: _move(uid, request),
    }
    try:
        done = acts.get(request.POST.get("act", ""))
        made = done() if done is not None else found
    except Refusal as refusal:
        return _appointment_page(request, uid, problem=str(refusal))
    if made.ticket is not None:
        return redirect("frontdesk:ticket", uid=made.ticket.uid)
    if request.POST.get("from") == "day":
        return redirect(f"{reverse('frontdesk:appointments')}?day={made.day:%d/%m/%Y}")
    return redirect("frontdesk:appointment", uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.hall_keep", module="frontdesk")
def setup(request: DeskRequest) -> HttpResponse:
    """Kinds of appointments: hours, capacity, days with other hours."""
    known = every_slots()
    name = request.GET.get("slots", "")
    chosen = next((one for one in known if one.name == name), None)
    posted = request.POST if request.method == "POST" else None
    form = SlotsForm(
        posted,
        categories=[(one.code, f"{one.code} · {one.title}") for one in hall().categories],
        services=_services(request),
        initial=_typed(chosen) if chosen else None,
    )
    if posted is not None and form.is_valid():
        try:
            save_slots(form.slots(), by=request.viewer)
            messages.success(request, _("Kept."))
            return redirect("frontdesk:appointments-setup")
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "known": known, "chosen": chosen}
    return render(request, "frontdesk/appointments/setup.html", context, status=form.status)


@require_POST
@page(permission="frontdesk.hall_keep", module="frontdesk")
def setup_drop(request: DeskRequest) -> HttpResponse:
    """Take a kind of appointment away."""
    try:
        drop_slots(request.POST.get("name", ""), by=request.viewer)
        messages.success(request, _("Taken away."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("frontdesk:appointments-setup")


def moment(day: date, at: time) -> str:
    """A day and time as a choice carries them."""
    return f"{day.isoformat()}T{at:%H:%M}"


def read_moment(typed: str) -> tuple[date, time]:
    """The same back. Refuses `SlotNotOffered` for anything else."""
    when, _sep, at = typed.partition("T")
    try:
        return date.fromisoformat(when), time.fromisoformat(at)
    except ValueError:
        raise SlotNotOffered() from None


def _day_context(request: DeskRequest) -> dict[str, Any]:
    form = DayForm(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    on = given.get("day") or today()
    titles = {one.name: one.title for one in every_slots()}
    slots = given.get("slots") or ""
    rows = day_sheet(request.viewer, on, slots=slots if slots in titles else "")
    services = dict(_services(request)) if any(one.service_code for one in rows) else {}
    return {
        "day": on,
        "is_today": on == today(),
        "form": DayForm(initial={"day": on}),
        "titles": list(titles.items()),
        "slots": slots,
        "rows": [
            (one, titles.get(one.slots, one.slots), services.get(one.service_code, ""))
            for one in rows
        ],
    }


def _book_form(request: DeskRequest, chosen: Slots, posted: Any) -> BookForm:
    services = [one for one in _services(request) if chosen.serves(one[0])]
    return BookForm(
        posted,
        times=_times(chosen),
        services=services,
        initial={"slots": chosen.name, "priority": "booked", "channel": "desk"},
    )


def _times(chosen: Slots) -> list[tuple[str, str]]:
    """Free times of the next days that have any."""
    return [
        (moment(day, one.at), f"{weekday_form(day)} {one.at:%H:%M} ({one.left})")
        for day in free_days(chosen, for_desk=True)[:DAYS_SHOWN]
        for one in free_times(chosen, day, for_desk=True)
    ]


def _move(uid: UUID, request: DeskRequest) -> Any:
    when, at = read_moment(request.POST.get("at", ""))
    return move(uid, day=when, at=at, by=request.viewer)


def _appointment_page(request: DeskRequest, uid: UUID, *, problem: str = "") -> HttpResponse:
    found = appointment_for(request.viewer, uid)
    try:
        kind = slots_named(found.slots)
    except Refusal:
        kind = None
    services = dict(_services(request)) if found.service_code else {}
    context = {
        "found": found,
        "kind": kind,
        "service": services.get(found.service_code, found.service_code),
        "is_today": found.day == today(),
        "times": _times(kind) if kind is not None and found.is_booked else [],
        "problem": problem,
    }
    status = 409 if problem else 200
    return render(request, "frontdesk/appointments/appointment.html", context, status=status)


def _services(request: DeskRequest) -> list[tuple[str, str]]:
    return [(one.code, one.title) for one in offered_services(request.viewer)]


def _typed(slots: Slots) -> dict[str, Any]:
    hours = {
        f"day_{day}": ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in many)
        for day, many in slots.hours.items()
    }
    return {
        "name": slots.name,
        "title_ar": slots.title_ar,
        "title_en": slots.title_en,
        "category": slots.category,
        "minutes": slots.minutes,
        "capacity": slots.capacity,
        "online": slots.online,
        "services": list(slots.services),
        "special": "\n".join(special_line(one) for one in slots.special),
        **hours,
    }
