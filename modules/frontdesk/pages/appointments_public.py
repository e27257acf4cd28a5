"""Appointments for citizens: choose what, the day, the time; one's own; move, cancel. Works without scripts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import once_for
from frontend.pages import PublicRequest, public_page
from kernel.errors import Refusal
from modules.frontdesk.constants import Channel
from modules.frontdesk.errors.online import SlotsNotFound
from modules.frontdesk.pages.appointment_forms import BookAloneForm
from modules.frontdesk.pages.appointments import moment, read_moment
from modules.frontdesk.pages.citizen_door import with_phone
from modules.frontdesk.selectors.appointments import (
    Slots,
    appointment_of_phone,
    appointments_of_phone,
    free_days,
    free_times,
    slots_named,
    slots_online,
)
from modules.frontdesk.services.appointments import book, cancel, move


@require_safe
@public_page(module="frontdesk")
def slots(request: PublicRequest) -> HttpResponse:
    """What one may have an appointment for."""
    service = request.GET.get("service", "")[:20]
    context = {"known": slots_online(service), "service": service}
    return render(request, "frontdesk/appointments/slots.html", context)


@require_safe
@public_page(module="frontdesk")
def days(request: PublicRequest, name: str) -> HttpResponse:
    """Days with a free time."""
    kind = _online(name)
    context = {
        "kind": kind,
        "days": free_days(kind),
        "service": request.GET.get("service", "")[:20],
    }
    return render(request, "frontdesk/appointments/days.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
@with_phone
def times(request: PublicRequest, name: str, day: str, *, phone: str) -> HttpResponse:
    """A time of the day, and one's name: booked."""
    kind = _online(name)
    on = _day(day)
    free = [(moment(on, one.at), f"{one.at:%H:%M}") for one in free_times(kind, on)]
    posted = request.POST if request.method == "POST" else None
    form = BookAloneForm(posted, times=free)
    if posted is not None and form.is_valid():
        given = form.cleaned_data
        try:
            with once_for(request, "frontdesk.appointment") as once:
                if once.replayed:
                    return once.redirect()
                when, at = read_moment(given["at"])
                made = book(
                    kind.name,
                    day=when,
                    at=at,
                    name=given["name"],
                    phone=phone,
                    priority=given["priority"],
                    service_code=posted.get("service", "")[:20],
                    channel=Channel.WEB,
                    by=request.viewer,
                )
                return once.redirect(reverse("frontdesk-citizen:appointment", args=[made.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "kind": kind,
        "day": on,
        "form": form,
        "free": free,
        "service": (posted or request.GET).get("service", "")[:20],
    }
    return render(request, "frontdesk/appointments/times.html", context, status=form.status)


@require_safe
@public_page(module="frontdesk")
@with_phone
def mine(request: PublicRequest, *, phone: str) -> HttpResponse:
    """What is booked under this telephone."""
    rows = [(one, _title(one.slots)) for one in appointments_of_phone(phone)]
    return render(request, "frontdesk/appointments/mine.html", {"rows": rows})


@require_safe
@public_page(module="frontdesk")
@with_phone
def appointment(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """One's appointment: when, where, what to bring."""
    found = appointment_of_phone(uid, phone)
    context = {"found": found, "title": _title(found.slots)}
    return render(request, "frontdesk/appointments/own.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
@with_phone
def move_page(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """Another time; the old one is given back."""
    found = appointment_of_phone(uid, phone)
    if not found.is_booked:
        return redirect("frontdesk-citizen:appointment", uid=uid)
    kind = slots_named(found.slots)
    on = _day(request.POST.get("day") or request.GET.get("day") or found.day.isoformat())
    free = [(moment(on, one.at), f"{one.at:%H:%M}") for one in free_times(kind, on)]
    posted = request.POST if request.method == "POST" else None
    form = BookAloneForm(posted, times=free, moving=True)
    if posted is not None and form.is_valid():
        try:
            when, at = read_moment(form.cleaned_data["at"])
            move(uid, day=when, at=at, by=request.viewer)
            messages.success(request, _("Your appointment was moved."))
            return redirect("frontdesk-citizen:appointment", uid=uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    context: dict[str, Any] = {
        "found": found,
        "kind": kind,
        "day": on,
        "days": free_days(kind),
        "form": form,
        "free": free,
    }
    return render(request, "frontdesk/appointments/move.html", context, status=form.status)


@require_POST
@public_page(module="frontdesk")
@with_phone
def cancel_page(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """Give the place back."""
    appointment_of_phone(uid, phone)
    try:
        cancel(uid, by=request.viewer)
        messages.success(request, _("Your appointment was cancelled."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("frontdesk-citizen:appointments")


def _online(name: str) -> Slots:
    kind = slots_named(name)
    if not kind.online:
        raise SlotsNotFound()
    return kind


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise SlotsNotFound() from None


def _title(name: str) -> str:
    try:
        return slots_named(name).title
    except SlotsNotFound:
        return name
