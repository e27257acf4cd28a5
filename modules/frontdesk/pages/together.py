"""Acts of working together on one request: a macro, another section beside, escalation, undo, a letter outside."""

from __future__ import annotations

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
from kernel.errors import Refusal
from kernel.organisation.selectors import section_by_code
from modules.frontdesk.forms import ReasonForm
from modules.frontdesk.pages.acting import act_on_step
from modules.frontdesk.pages.requests import act_page
from modules.frontdesk.pages.tool_forms import BesideForm, EscalateForm, MessageForm
from modules.frontdesk.selectors.designing import role_choices, section_choices
from modules.frontdesk.selectors.presence import look_at
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import (
    ask_beside,
    drop_beside,
    escalate,
    letter_of,
    run_macro,
    tell_by_hand,
    undo_last,
)


@require_POST
@page(permission="frontdesk.work", module="frontdesk")
def macro(request: DeskRequest, uid: UUID, step: UUID, tool: UUID) -> HttpResponse:
    """One click: a note, a message, an act."""
    try:
        with once_for(request, f"frontdesk.macro:{step}") as once:
            if not once.replayed:
                run_macro(tool, uid, step, by=request.viewer)
                once.done = True
                messages.success(request, _("Done."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("frontdesk:request", uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def beside(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    """Ask another section beside this step."""
    form = BesideForm(request.POST or None, known=section_choices())

    def do(data: dict[str, Any]) -> None:
        section = section_by_code(data["section"])
        ask_beside(
            uid, step, section=section, days=data["days"], reason=data["reason"], by=request.viewer
        )

    return act_on_step(
        request, uid, step, form, title=_("Ask another section beside"), submit=_("Ask"), do=do
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.lead", module="frontdesk")
def drop(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    """Go on without an opinion that was asked for on the way."""
    form = ReasonForm(request.POST or None)
    return act_on_step(
        request, uid, step, form, title=_("Go on without this opinion"), submit=_("Go on"),
        do=lambda data: drop_beside(uid, step, by=request.viewer, **data),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def escalate_page(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    """Put the step before a named role."""
    form = EscalateForm(request.POST or None, known=role_choices())
    return act_on_step(
        request, uid, step, form, title=_("Escalate"), submit=_("Escalate"),
        do=lambda data: escalate(uid, step, by=request.viewer, **data),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def message(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Write to the citizen in one's own words."""
    found = request_for(request.viewer, uid)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tell_by_hand(uid, text=form.cleaned_data["text"], by=request.viewer)
            messages.success(request, _("The citizen was told."))
            return redirect("frontdesk:request", uid=uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return act_page(request, found, form, title=_("Write to the citizen"), submit=_("Send"))


@require_POST
@page(permission="frontdesk.work", module="frontdesk")
def undo(request: DeskRequest, uid: UUID) -> HttpResponse:
    try:
        undo_last(uid, by=request.viewer)
        messages.success(request, _("Undone."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("frontdesk:request", uid=uid)


@require_safe
@page(module="frontdesk")
def presence(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Who else looks at this request; asked again every half minute."""
    found = request_for(request.viewer, uid)
    names = look_at(request.viewer, found)
    return render(request, "frontdesk/parts/presence.html", {"names": names, "found": found})


@require_safe
@page(permission="frontdesk.work", module="frontdesk")
def letter(request: DeskRequest, uid: UUID, pause: UUID) -> HttpResponse:
    """The letter of a pause, ready to sign: an outside body is asked, or the citizen is told what is missing."""
    tracking = request.build_absolute_uri(reverse("frontdesk-citizen:track"))
    pdf = letter_of(request.viewer, uid, pause, tracking_url=tracking)
    return HttpResponse(pdf, content_type="application/pdf")
