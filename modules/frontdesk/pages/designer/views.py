"""A draft of a service as a whole: begin, look, try, compare, publish; a service as a file."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today, working_calendar
from kernel.errors import Refusal
from kernel.money import format_money, money
from kernel.organisation.selectors import sections
from modules.frontdesk.definitions import ServiceDefinition, read_loosely
from modules.frontdesk.differences import differences
from modules.frontdesk.errors import AnswersInvalid, DefinitionInvalid, FileNotAService
from modules.frontdesk.forms import AnswersForm
from modules.frontdesk.models import ServiceVersion
from modules.frontdesk.pages.designer.trying import SampleForm
from modules.frontdesk.pages.designer.whole import NewServiceForm, PublishForm, TakeInForm
from modules.frontdesk.pages.intake import group_choices
from modules.frontdesk.selectors.catalogue import service_for
from modules.frontdesk.selectors.designing import (
    design_of,
    designed_service,
    judged_design,
    mark_of,
    service_file,
)
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.services import (
    discard_design,
    new_service,
    publish_design,
    start_design,
    take_in,
)
from modules.frontdesk.services.designing import LARGEST_FILE
from modules.frontdesk.trial import Trial, try_out


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.catalogue", module="frontdesk")
def new(request: DeskRequest) -> HttpResponse:
    """A service of the municipality's own."""
    form = NewServiceForm(request.POST or None, groups=group_choices())
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "frontdesk.new-service") as once:
                if once.replayed:
                    return once.redirect()
                draft = new_service(by=request.viewer, **form.cleaned_data)
                return once.redirect(reverse("frontdesk:design", args=[draft.service.code]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "title": _("New service"), "submit": _("Begin")}
    return render(request, "frontdesk/designer/begin.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.catalogue", module="frontdesk")
def bring(request: DeskRequest) -> HttpResponse:
    """Take in a service from another municipality's file, as a draft."""
    form = TakeInForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = take_in(
                _read_file(form.cleaned_data["file"]),
                code=form.cleaned_data["code"],
                by=request.viewer,
            )
            messages.success(request, _("Taken in as a draft; nothing is in force yet."))
            return redirect("frontdesk:design", code=draft.service.code)
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "title": _("Take in a service"), "submit": _("Take in"), "files": True}
    return render(request, "frontdesk/designer/begin.html", context, status=form.status)


@require_safe
@page(permission="frontdesk.catalogue", module="frontdesk")
def export(request: DeskRequest, code: str) -> HttpResponse:
    """The version in force as a file."""
    found = service_for(request.viewer, code)
    version = found.in_force
    answer = JsonResponse(
        service_file(version), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    name = f"{code}-{version.number}.service.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@page(permission="frontdesk.catalogue", module="frontdesk")
def start(request: DeskRequest, code: str) -> HttpResponse:
    start_design(code, by=request.viewer)
    return redirect("frontdesk:design", code=code)


@require_POST
@page(permission="frontdesk.catalogue", module="frontdesk")
def discard(request: DeskRequest, code: str) -> HttpResponse:
    discard_design(code, by=request.viewer)
    messages.success(request, _("The draft was discarded."))
    return redirect("frontdesk:catalogue")


@require_safe
@page(permission="frontdesk.catalogue", module="frontdesk")
def design(request: DeskRequest, code: str) -> HttpResponse:
    """The draft on one page: its parts, and what stands against publishing it."""
    draft = design_of(request.viewer, code)
    read, verdict = judged_design(draft.definition)
    names = {one.code: one.name for one in sections(with_closed=True)}
    context = {
        **design_context(request, draft),
        "raw": draft.definition,
        "read": read,
        "verdict": verdict,
        "faults": _told(verdict.faults),
        "hints": _told(verdict.hints),
        "route": [
            [(one, names.get(one.get("section", ""), "—")) for one in stage.get("steps", ())]
            for stage in draft.definition.get("route", ())
        ],
        "papers": [(paper_title(one["code"]), one) for one in draft.definition.get("papers", ())],
    }
    return render(request, "frontdesk/designer/design.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.catalogue", module="frontdesk")
def trial(request: DeskRequest, code: str) -> HttpResponse:
    """The form as it will look, and a sample run through: papers, fees, route, days. Nothing is kept."""
    draft = design_of(request.viewer, code)
    read, faults = read_loosely(draft.definition)
    if read is None:
        raise DefinitionInvalid(faults)
    answers_form = AnswersForm(read.fields, request.POST or None, sections=read.sections)
    sample = SampleForm(request.POST or None)
    tried: Trial | None = None
    if request.method == "POST":
        sample.is_valid()
        tried = try_out(
            read,
            answers_form.raw(),
            about=sample.about(on=today()),
            decision=sample.cleaned_data.get("decision") or "approved",
            on=today(),
            calendar=working_calendar(),
        )
        if tried.faults:
            answers_form.show(AnswersInvalid(tried.faults))
    context = {
        **design_context(request, draft),
        "answers_form": answers_form,
        "sample": sample,
        "read": read,
        "tried": tried,
        "result": _result(read, tried) if tried else None,
    }
    return render(request, "frontdesk/designer/trial.html", context)


@require_safe
@page(permission="frontdesk.catalogue", module="frontdesk")
def compare(request: DeskRequest, code: str) -> HttpResponse:
    """What differs between the version in force (or another) and the draft."""
    service = designed_service(request.viewer, code)
    versions = list(ServiceVersion.objects.filter(service=service).order_by("-number"))
    chosen = {name: _version(versions, request.GET.get(name, "")) for name in ("before", "after")}
    before = chosen["before"] or service.current
    after = chosen["after"] or versions[0]
    found = differences(before.definition if before else {}, after.definition)
    context = {
        "service": service,
        "versions": versions,
        "before": before,
        "after": after,
        "differences": found,
    }
    return render(request, "frontdesk/designer/compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.catalogue", module="frontdesk")
def publish(request: DeskRequest, code: str) -> HttpResponse:
    """Publish from a day on; everything that stands against it is told at once."""
    draft = design_of(request.viewer, code)
    form = PublishForm(request.POST or None, initial={"in_force_from": today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = publish_design(
                code, seen=request.POST.get("seen", ""), by=request.viewer, **form.cleaned_data
            )
            messages.success(
                request,
                _("Version %(number)s is published, in force from %(day)s.")
                % {"number": made.number, "day": f"{made.in_force_from:%d/%m/%Y}"},
            )
            first = designed_service(request.viewer, code).current is None
            return (
                redirect("frontdesk:catalogue")
                if first
                else redirect("frontdesk:service", code=code)
            )
        except DefinitionInvalid:
            form.add_error(None, _("It cannot be published while this stands against it."))
        except Refusal as refusal:
            form.add_refusal(refusal)
    _read, verdict = judged_design(draft.definition)
    before = draft.service.current
    context = {
        **design_context(request, draft),
        "form": form,
        "verdict": verdict,
        "faults": _told(verdict.faults),
        "hints": _told(verdict.hints),
        "differences": differences(before.definition if before else {}, draft.definition),
        "mark": mark_of(draft.definition),
    }
    return render(request, "frontdesk/designer/publish.html", context, status=form.status)


def design_context(request: DeskRequest, draft: ServiceVersion) -> dict[str, Any]:
    """What every page of the designer shows: the service, the draft, the tabs."""
    code = draft.service.code
    here = request.resolver_match.url_name if request.resolver_match else ""
    tabs = [
        {"title": title, "url": reverse(f"frontdesk:{name}", args=[code]), "current": name == here}
        for name, title in (
            ("design", _("The draft")),
            ("trial", _("Preview and trial")),
            ("compare", _("Differences")),
            ("publish", _("Publish")),
        )
    ]
    return {
        "service": draft.service,
        "draft": draft,
        "tabs": tabs,
        "mark": mark_of(draft.definition),
    }


def _told(faults: Any) -> list[dict[str, str]]:
    """Faults as rows: where in words, and the sentence."""
    return [
        {"path": one.path, "sentence": one.sentence, "part": one.path.split(".")[0]}
        for one in faults
    ]


def _version(versions: list[ServiceVersion], number: str) -> ServiceVersion | None:
    return next((one for one in versions if str(one.number) == number), None)


def _read_file(upload: Any) -> Any:
    if upload.size > LARGEST_FILE:
        raise FileNotAService(why=f"> {LARGEST_FILE // 1024} KB")
    try:
        return json.loads(upload.read().decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise FileNotAService(why="JSON") from None


def _result(read: ServiceDefinition, tried: Trial) -> dict[str, Any]:
    """A trial in words."""
    names = {one.code: one.name for one in sections(with_closed=True)}
    return {
        "hidden": [field.label for field, asked in tried.fields if asked is not True],
        "papers": [(paper_title(one.code), mandatory) for one, mandatory in tried.papers],
        "fees": [
            (
                one.title,
                one.is_computed,
                None if amount is None else format_money(money(amount, one.currency)),
            )
            for one, amount in tried.fees
        ],
        "stages": [
            [(step, names.get(step.section, step.section), needed) for step, needed in stage]
            for stage in tried.route
        ],
    }
