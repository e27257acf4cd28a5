"""Committees' sessions: called, their agenda, held and closed, their minutes."""

from __future__ import annotations

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

from frontend.forms import DateField, DeskForm, TextField, once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from kernel.files.services import store_file
from kernel.organisation.models import Section
from kernel.printing.services import render_pdf
from kernel.terms import term_lazy
from modules.frontdesk.constants import SessionState
from modules.frontdesk.models import CommitteeSession
from modules.frontdesk.selectors.letters import agenda_paper
from modules.frontdesk.selectors.sessions import gone_from, session_for, sessions_of, steps_for
from modules.frontdesk.services import (
    hold_session,
    keep_signed_minutes,
    plan_session,
    put_on_agenda,
)
from modules.frontdesk.services.committee import Member, Verdict

OUTCOMES = (
    ("favourable", gettext_lazy("No objection")),
    ("unfavourable", gettext_lazy("Objection")),
    ("postponed", gettext_lazy("Postponed")),
)


class SessionForm(DeskForm):
    section = forms.ChoiceField(label=term_lazy("section"))
    held_on = DateField(label=gettext_lazy("Held on"))
    place = TextField(label=gettext_lazy("Where it is held"), max_length=160, required=False)
    quorum = forms.IntegerField(label=gettext_lazy("Quorum"), min_value=1, max_value=60)
    members = TextField(
        label=gettext_lazy("Members"), rows=6, max_length=4000,
        help_text=gettext_lazy("One a line: name | ID number (so that nobody decides on their own request)."),
    )  # fmt: skip

    def __init__(self, *args: Any, known: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = known  # type: ignore[attr-defined]

    def people(self) -> list[Member]:
        lines = [line.split("|") for line in self.cleaned_data["members"].splitlines()]
        return [
            Member(parts[0].strip(), parts[1].strip() if len(parts) > 1 else "")
            for parts in lines
            if parts[0].strip()
        ]


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
        initial={"held_on": today(), "quorum": 3, **_as_last_time(found)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "frontdesk.session") as once:
                if once.replayed:
                    return once.redirect()
                made = plan_session(
                    mine.get(code=form.cleaned_data["section"]),
                    held_on=form.cleaned_data["held_on"],
                    members=form.people(),
                    quorum=form.cleaned_data["quorum"],
                    place=form.cleaned_data["place"],
                    by=request.viewer,
                )
                return once.redirect(reverse("frontdesk:session", args=[made.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "sessions": found}
    return render(request, "frontdesk/sessions.html", context, status=form.status)


def _as_last_time(found: list[CommitteeSession]) -> dict[str, Any]:
    """A committee sits again with the same people: what the newest session was called with."""
    if not found:
        return {}
    last = found[0]
    lines = [" | ".join(filter(None, (one["name"], one.get("id_number")))) for one in last.members]
    return {
        "section": last.section.code,
        "place": last.place,
        "quorum": last.quorum,
        "members": "\n".join(lines),
    }


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
