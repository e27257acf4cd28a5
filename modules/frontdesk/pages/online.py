"""A request on the web, one thing on each page: name, form, papers, check, sent. Works without scripts."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import once_for
from frontend.pages import PublicRequest, public_page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.printing.render import qr_svg
from kernel.viewer import Viewer
from modules.frontdesk.answers import missing_answers, readable_answers
from modules.frontdesk.applying import asked_fields, asked_papers
from modules.frontdesk.constants import IdentityMatch, OnlineState
from modules.frontdesk.definitions import Requirement
from modules.frontdesk.forms import AnswersForm
from modules.frontdesk.models import OnlineRequest
from modules.frontdesk.pages.citizen_door import with_phone
from modules.frontdesk.pages.online_forms import (
    STANDINGS,
    NameForm,
    ParcelForm,
    SendForm,
    StandingForm,
    UploadForm,
)
from modules.frontdesk.pages.showing import answer_rows, paper_rows
from modules.frontdesk.selectors.asking import about_request, asked_of
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.online import (
    deficiency_lines,
    missing_of,
    online_of_phone,
    standing_faults,
    warnings_for,
)
from modules.frontdesk.selectors.requests import papers_of
from modules.frontdesk.services.online import (
    fill_in,
    hand_in,
    on_the_web,
    say_who,
    send_online,
    take_out,
)
from modules.frontdesk.services.online_standing import ask_as, say_for_whom

STEPS = ("who", "standing", "form", "papers", "check")


@require_safe
@public_page(module="frontdesk")
@with_phone
def online(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """Where a request from the web stands: what is left to do, or what came of it."""
    found = online_of_phone(uid, phone)
    if found.state == OnlineState.ACCEPTED:
        return redirect("frontdesk-citizen:mine", uid=found.request.uid)
    if found.state == OnlineState.FILLING:
        return redirect(_next_step(found))
    address = f"{reverse('frontdesk-citizen:find')}?number={found.reference}"
    context = {
        "found": found,
        "design": found.request.design,
        "lines": deficiency_lines(found),
        "qr": qr_svg(request.build_absolute_uri(address)),
        "papers": papers_of(on_the_web(request.viewer), found.request),
    }
    return render(request, "frontdesk/online/online.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
@with_phone
def who(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """The name of somebody whom ID number and telephone together do not tell."""
    found = online_of_phone(uid, phone)
    if not found.is_with_citizen or found.match != IdentityMatch.NONE:
        return redirect("frontdesk-citizen:online", uid=uid)
    form = NameForm(request.POST if request.method == "POST" else None, initial=found.identity)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            say_who(uid, address=typed.pop("address"), names=typed, by=request.viewer)
            return redirect(_after(found, "who"))
        except Refusal as refusal:
            form.add_refusal(refusal)
    return _page(request, found, "who", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
@with_phone
def standing(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """For whom they act and by which paper; or that they ask in another standing after all."""
    found = online_of_phone(uid, phone)
    if not found.is_with_citizen:
        return redirect("frontdesk-citizen:online", uid=uid)
    if request.method == "POST" and "change" in request.POST:
        ask_as(uid, request.POST["change"], by=request.viewer)
        return redirect(_next_step(online_of_phone(uid, phone)))
    asked = found.request
    if not asked.acts_by:
        return redirect(_next_step(found))
    kept = {
        **found.principal,
        "agent_power_number": asked.agent_power_number,
        "agent_power_on": asked.agent_power_on,
        "agent_power_until": asked.agent_power_until,
    }
    form = StandingForm(
        asked.acts_by, request.POST if request.method == "POST" else None, initial=kept
    )
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            say_for_whom(
                uid,
                id_number=typed.pop("id_number"),
                number=typed.pop("agent_power_number"),
                given_on=typed.pop("agent_power_on"),
                until=typed.pop("agent_power_until", None),
                names=typed,
                by=request.viewer,
            )
            return redirect(_after(found, "standing"))
        except Refusal as refusal:
            form.add_refusal(refusal)
    others = [(code, words) for code, words in STANDINGS if code != asked.acts_by]
    context = {"form": form, "others": others}
    return _page(request, found, "standing", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
@with_phone
def fill(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """The questions of the service, judged as at the desk."""
    found = online_of_phone(uid, phone)
    if not found.is_with_citizen:
        return redirect("frontdesk-citizen:online", uid=uid)
    typed = request.POST if request.method == "POST" else None
    form = _answers_form(found, typed)
    parcel = _parcel_form(found, typed)
    if typed is None:
        return _page(request, found, "form", {"answers_form": form, "parcel_form": parcel})
    is_sound = parcel is None or parcel.is_valid()
    try:
        saved = fill_in(uid, answers=form.raw(), parcel=_parcel(parcel), by=request.viewer)
        missing = missing_answers(
            saved.design.fields,
            saved.answers,
            sections=saved.design.sections,
            known=about_request(saved, on=today()),
        )
        if is_sound and not missing:
            return redirect(_after(found, "form"))
        found = online_of_phone(uid, phone)
        form = _answers_form(found, typed)
        form.is_valid()
    except Refusal as refusal:
        form.show(refusal)
    context = {"answers_form": form, "parcel_form": parcel}
    return _page(request, found, "form", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
@with_phone
def papers(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """The papers, each with what it is."""
    found = online_of_phone(uid, phone)
    if not found.is_with_citizen:
        return redirect("frontdesk-citizen:online", uid=uid)
    rows = _paper_list(request.viewer, found)
    if request.method != "POST":
        return _page(request, found, "papers", {"rows": rows, "next": _after(found, "papers")})
    code = request.POST.get("requirement", "")
    asked = next((one for one, _row, _form in rows if one.code == code), None)
    form = UploadForm(request.POST, request.FILES, kinds=_kinds(asked) if asked else [])
    if form.is_valid():
        try:
            hand_in(
                uid,
                requirement=code,
                document_type=form.cleaned_data["document_type"],
                content=cast(BinaryIO, form.upload),
                name=form.upload.name or "",
                by=request.viewer,
            )
            return redirect(reverse("frontdesk-citizen:online-papers", args=[uid]) + f"#{code}")
        except Refusal as refusal:
            form.add_refusal(refusal)
    shown = [(one, row, form if one is asked else empty) for one, row, empty in rows]
    context = {"rows": shown, "next": _after(found, "papers"), "wrong": form}
    return _page(request, found, "papers", context, status=422)


@require_POST
@public_page(module="frontdesk")
@with_phone
def paper_out(request: PublicRequest, uid: UUID, paper: UUID, *, phone: str) -> HttpResponse:
    """Take a paper out again."""
    online_of_phone(uid, phone)
    take_out(uid, paper_uid=paper, by=request.viewer)
    return redirect("frontdesk-citizen:online-papers", uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
@with_phone
def check(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """Check your answers; what will stop it, what it costs; send it once."""
    found = online_of_phone(uid, phone)
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, f"frontdesk.online:{uid}") as once:
                if once.replayed:
                    return once.redirect()
                declared = form.cleaned_data["declared"]
                send_online(uid, declared=declared, by=request.viewer)
                messages.success(request, _("Your request was sent."))
                return once.redirect(reverse("frontdesk-citizen:online", args=[uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    if not found.is_with_citizen:
        return redirect("frontdesk-citizen:online", uid=uid)
    missing = missing_of(found)
    context = {
        "form": form,
        "answers": answer_rows(found.request.design.fields, found.request.answers),
        "papers": papers_of(on_the_web(request.viewer), found.request),
        "paper_title": paper_title,
        "missing": missing,
        "warnings": warnings_for(found),
    }
    return _page(request, found, "check", context, status=form.status)


def _page(
    request: PublicRequest,
    found: OnlineRequest,
    step: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    steps = _steps_of(found)
    shared = {
        "found": found,
        "design": found.request.design,
        "step": step,
        "number": steps.index(step) + 1,
        "of": len(steps),
        "back": _before(found, step),
        "lines": deficiency_lines(found),
    }
    template = f"frontdesk/online/{step}.html"
    return render(request, template, {**shared, **context}, status=status)


def _steps_of(found: OnlineRequest) -> list[str]:
    """The pages that this request needs."""
    design, known = found.request.design_asked, found.match != IdentityMatch.NONE
    skipped = {
        "who": known,
        "standing": not found.request.acts_by,
        "form": not design.fields and design.place == "none",
        "papers": not design.papers,
    }
    return [one for one in STEPS if not skipped.get(one)]


def _address(found: OnlineRequest, step: str) -> str:
    return reverse(f"frontdesk-citizen:online-{step}", args=[found.uid])


def _after(found: OnlineRequest, step: str) -> str:
    steps = _steps_of(found)
    return _address(found, steps[steps.index(step) + 1])


def _before(found: OnlineRequest, step: str) -> str:
    steps = _steps_of(found)
    at = steps.index(step)
    return _address(found, steps[at - 1]) if at else ""


def _next_step(found: OnlineRequest) -> str:
    """The first page on which something is still missing."""
    steps = _steps_of(found)
    if "who" in steps and not found.typed_name:
        return _address(found, "who")
    if standing_faults(found):
        return _address(found, "standing")
    design, request = found.request.design, found.request
    unanswered = missing_answers(
        design.fields,
        request.answers,
        sections=design.sections,
        known=about_request(request, on=today()),
    )
    no_place = design.place == "required" and not found.identity.get("parcel")
    if "form" in steps and (unanswered or no_place or not request.answers):
        return _address(found, "form")
    if "papers" in steps and missing_of(found):
        return _address(found, "papers")
    return _address(found, "check")


def _answers_form(found: OnlineRequest, data: Any) -> AnswersForm:
    request = found.request
    design, known = request.design, about_request(request, on=today())
    answers: Any = request.answers
    if data is not None:
        answers = readable_answers(design.fields, AnswersForm(design.fields, data).raw())
    asked = asked_fields(design.fields, answers, sections=design.sections, known=known)
    shown = [field.code for field, is_asked in asked if is_asked]
    return AnswersForm(
        design.fields, data, answers=request.answers, sections=design.sections, asked=shown
    )


def _parcel_form(found: OnlineRequest, data: Any) -> ParcelForm | None:
    design = found.request.design
    if design.place == "none":
        return None
    typed = [*str(found.identity.get("parcel", "")).split("/"), "", "", ""]
    names = ("block_no", "parcel_no", "sub_no")
    kept = {one: typed[at] for at, one in enumerate(names)}
    return ParcelForm(design, data, initial=kept)


def _parcel(form: ParcelForm | None) -> str:
    """The parcel as it was typed: whether it is on file, and whose it is, is the desk's to say."""
    if form is None or not form.is_valid():
        return ""
    parts = [form.cleaned_data.get(one) or "" for one in ("block_no", "parcel_no", "sub_no")]
    return "/".join(one for one in parts if one)


def _paper_list(viewer: Viewer, found: OnlineRequest) -> list[tuple[Requirement, Any, UploadForm]]:
    """The papers that this request asks for, with what was handed in and a form for the next."""
    brought = papers_of(on_the_web(viewer), found.request)
    by_code = {one.code: one for one in paper_rows(found.request, brought)}
    request = found.request
    asked = asked_papers(request.design_asked, asked_of(request, on=today()).facts)
    return [
        (one, by_code[one.code], UploadForm(kinds=_kinds(one)))
        for one in asked
        if one.code in by_code and (request.with_agent or one.need != "with_agent")
    ]


def _kinds(asked: Requirement) -> list[tuple[str, str]]:
    codes = [asked.code, *(code for many in asked.substitutes for code in many)]
    return [(code, paper_title(code)) for code in dict.fromkeys(codes)]
