"""Committees' sessions: called, their agenda, held and closed, their minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import DeskForm, once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from kernel.files.services import store_file
from kernel.identity.selectors import staff_names
from kernel.organisation.models import Section
from kernel.printing.services import render_pdf
from modules.frontdesk.constants import MemberRole, SessionState
from modules.frontdesk.models import CommitteeSession
from modules.frontdesk.pages.session_forms import SessionForm, as_last_time
from modules.frontdesk.selectors.letters import agenda_paper
from modules.frontdesk.selectors.sessions import gone_from, session_for, sessions_of, steps_for
from modules.frontdesk.services import (
    hold_session,
    keep_signed_minutes,
    plan_session,
    put_on_agenda,
)
from modules.frontdesk.services.committee import Verdict

OUTCOMES = (
    ("favourable", gettext_lazy("No objection")),
    ("unfavourable", gettext_lazy("Objection")),
    ("postponed", gettext_lazy("Postponed")),
)


class SignedForm(DeskForm):
    file = forms.FileField(label=gettext_lazy("Scan of the signed minutes"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.lead", module="frontdesk")
def sessions(request: DeskRequest) -> HttpResponse:
    """Sessions of my sections, and a new one."""
    mine = Section.objects.filter(pk__in=request.viewer.sections)
    found = list(sessions_of(request.viewer)[:50])
    form = SessionForm(
        request.POST or None,
        known=[(one.code, one.name) for one in mine],
        initial={"held_on": today(), "quorum": 3, **as_last_time(found)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "frontdesk.session") as once:
                if once.replayed:
                    return once.redirect()
                made = plan_session(
                    mine.get(code=form.cleaned_data["section"]),
                    held_on=form.cleaned_data["held_on"],
                    members=form.cleaned_data["members"],
                    quorum=form.cleaned_data["quorum"],
                    place=form.cleaned_data["place"],
                    by=request.viewer,
                )
                return once.redirect(reverse("frontdesk:session", args=[made.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "sessions": found, "staff": staff_names()}
    return render(request, "frontdesk/sessions.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.lead", module="frontdesk")
def session(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The agenda; and, held, what was decided on each item."""
    found = session_for(request.viewer, uid)
    refused: Refusal | None = None
    if request.method == "POST":
        verdicts = {
            item["step"]: _verdict(request, item["step"], [one["name"] for one in found.members])
            for item in found.agenda
        }
        try:
            with once_for(request, f"frontdesk.session:{uid}") as once:
                if once.replayed:
                    return once.redirect()
                hold_session(
                    uid,
                    present=request.POST.getlist("present"),
                    verdicts=verdicts,
                    by=request.viewer,
                )
                messages.success(request, _("The session is closed and its minutes are printed."))
                return once.redirect(reverse("frontdesk:session", args=[uid]))
        except Refusal as refusal:
            refused = refusal
    return _session_page(request, found, refused=refused)


@require_POST
@page(permission="frontdesk.lead", module="frontdesk")
def agenda(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Put the ticked steps on the agenda."""
    for step in request.POST.getlist("step"):
        try:
            put_on_agenda(uid, step, by=request.viewer)
        except Refusal as refusal:
            messages.error(request, str(refusal))
    return redirect("frontdesk:session", uid=uid)


@require_safe
@page(permission="frontdesk.lead", module="frontdesk")
def minutes(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The minutes as they were printed; before the session, the invitation with its agenda."""
    found = session_for(request.viewer, uid)
    if found.minutes is None:
        if found.state != SessionState.PLANNED:
            raise NotVisible()
        pdf = render_pdf("letter", agenda_paper(found))
        return HttpResponse(pdf, content_type="application/pdf")
    with found.minutes.file.open() as stored:
        return HttpResponse(stored.read(), content_type="application/pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.lead", module="frontdesk")
def signed(request: DeskRequest, uid: UUID) -> HttpResponseBase:
    """The minutes as the members signed them; sent, the scan that is kept, once."""
    found = session_for(request.viewer, uid)
    if request.method == "POST":
        form = SignedForm(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                stored = store_file(upload, upload.name, request.viewer)
                keep_signed_minutes(uid, file=stored, by=request.viewer)
                messages.success(request, _("The signed minutes are kept."))
                return redirect("frontdesk:session", uid=uid)
            except Refusal as refusal:
                form.add_refusal(refusal)
        return _session_page(request, found, refused=None, signed_form=form)
    if found.signed is None:
        raise NotVisible()
    file = found.signed
    return FileResponse(file.open(), content_type=file.media_type, filename=file.name)


def _session_page(
    request: DeskRequest,
    found: CommitteeSession,
    *,
    refused: Refusal | None,
    signed_form: SignedForm | None = None,
) -> HttpResponse:
    typed = request.POST
    is_open = found.state == SessionState.PLANNED
    gone = gone_from(found) if is_open else set()
    items = [
        {
            **item,
            "outcome_word": dict(OUTCOMES).get(item.get("outcome", ""), ""),
            "text_value": typed.get(f"text_{item['step']}", ""),
            # Nothing is decided by a box that nobody touched.
            "chosen": typed.get(f"outcome_{item['step']}", "postponed"),
            "aside_chosen": typed.getlist(f"aside_{item['step']}"),
            "why": typed.get(f"why_{item['step']}", ""),
            "is_gone": item["step"] in gone,
        }
        for item in found.agenda
    ]
    context = {
        "session": found,
        "members": [{**one, "seat": _seat_of(one)} for one in found.members],
        "items": items,
        "outcomes": OUTCOMES,
        "waiting": steps_for(found) if is_open else [],
        "is_open": is_open,
        "refused": str(refused) if refused else "",
        "refused_field": getattr(refused, "field", "") if refused else "",
        "present": typed.getlist("present"),
        "draft_key": f"frontdesk.session:{found.uid}",
        "signed_form": signed_form or SignedForm(),
    }
    status = signed_form.status if signed_form else 409 if refused else 200
    return render(request, "frontdesk/session.html", context, status=status)


def _verdict(request: DeskRequest, step: str, members: list[str]) -> Verdict:
    aside = [one for one in request.POST.getlist(f"aside_{step}") if one in members]
    why = request.POST.get(f"why_{step}", "").strip()
    return Verdict(
        outcome=request.POST.get(f"outcome_{step}", "postponed"),
        text=request.POST.get(f"text_{step}", ""),
        aside=dict.fromkeys(aside, why),
    )


def _seat_of(member: Mapping[str, Any]) -> str:
    """What somebody is beyond a member, in words."""
    role = member.get("role", MemberRole.MEMBER)
    return "" if role == MemberRole.MEMBER else str(MemberRole(role).label)
