"""The parts of a draft: its lists, and a form for each item. Everything is a plain form; nothing needs a mouse."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from frontend.pages import DeskRequest, page
from kernel.errors import NotVisible, Refusal
from modules.frontdesk.definitions import read_loosely
from modules.frontdesk.models import ServiceVersion
from modules.frontdesk.pages.designer import forms
from modules.frontdesk.pages.designer.lists import paper_name
from modules.frontdesk.pages.designer.spoken import both
from modules.frontdesk.pages.designer.texts import TextsForm
from modules.frontdesk.pages.designer.views import design_context
from modules.frontdesk.pages.intake import group_choices
from modules.frontdesk.rules import Kind, RuleFault, read_rule
from modules.frontdesk.rules.facts import names_at_intake, names_before
from modules.frontdesk.selectors.designing import design_of, mark_of
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.services import change_design

PARTS = {
    "sections": gettext_lazy("Parts of the form"),
    "fields": gettext_lazy("Questions"),
    "papers": gettext_lazy("Papers"),
    "fees": gettext_lazy("Fees"),
    "route": gettext_lazy("Route"),
}
Raw = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.catalogue", module="frontdesk")
def basics(request: DeskRequest, code: str) -> HttpResponse:
    """Title, days, for whom."""
    draft = design_of(request.viewer, code)
    form = forms.BasicsForm(request.POST or None, raw=draft.definition, groups=group_choices())

    def change(raw: Raw) -> None:
        for name in ("summary", "fee_text", "result", "days_text", "online"):
            raw.pop(name, None)
        raw.update(form.part())

    return _edit(request, draft, form, title=_("In short"), change=change)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.catalogue", module="frontdesk")
def texts(request: DeskRequest, code: str) -> HttpResponse:
    """What stops it, what is printed, what is told."""
    draft = design_of(request.viewer, code)
    form = TextsForm(request.POST or None, raw=draft.definition)
    return _edit(
        request,
        draft,
        form,
        title=_("Gates, document and messages"),
        change=lambda raw: raw.update(form.parts()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.catalogue", module="frontdesk")
def item(request: DeskRequest, code: str, part: str, name: str) -> HttpResponse:
    """One question, paper, fee, step or part of the form; `name` is its code, or "-" for a new one."""
    draft = design_of(request.viewer, code)
    if part not in PARTS:
        raise NotVisible()
    raw = draft.definition
    old = _found(raw, part, name)
    form = _form_of(part, request.POST or None, raw, old)

    def change(raw: Raw) -> None:
        _put(raw, part, name, form.part(), stage=form.cleaned_data.get("stage", ""))

    title = _("New") if old is None else both(old.get("title") or old.get("label"))[0] or name
    if part == "papers" and old is not None:
        title = paper_title(str(old["code"]))
    return _edit(
        request,
        draft,
        form,
        title=f"{PARTS[part]}: {title}",
        change=change,
        anchor=part,
        part=part,
        item_name=name,
        names=_names(raw, part, old),
        kinds_of_paper=[paper_name(one) for one, _title in form.fields["code"].choices]
        if part == "papers"
        else [],
    )


@require_POST
@page(permission="frontdesk.catalogue", module="frontdesk")
def move(request: DeskRequest, code: str, part: str, name: str) -> HttpResponse:
    """Put an item one place up or down, or take it out."""
    draft = design_of(request.viewer, code)
    if part not in PARTS or _found(draft.definition, part, name) is None:
        raise NotVisible()
    raw = copy.deepcopy(draft.definition)
    act = request.POST.get("act", "")
    if part == "route":
        _move_step(raw, name, act)
    else:
        _move_item(raw[part], name, act)
    change_design(code, raw, seen=request.POST.get("seen", ""), by=request.viewer)
    response = redirect("frontdesk:design", code=code)
    response["Location"] += f"#{part}"
    return response


@require_POST
@page(permission="frontdesk.catalogue", module="frontdesk")
def rule(request: DeskRequest, code: str) -> HttpResponse:
    """Read a rule while it is being written; a part of a page."""
    draft = design_of(request.viewer, code)
    text, part = (
        request.POST.get(request.POST.get("field", "rule"), "").strip(),
        request.POST.get("part", ""),
    )
    wanted: Kind = "number" if request.POST.get("answers") == "number" else "bool"
    fault = ""
    if text:
        old = (
            _found(draft.definition, part, request.POST.get("item", "")) if part in PARTS else None
        )
        try:
            read_rule(text, _kinds(draft.definition, part, old), answers=wanted)
        except RuleFault as refused:
            fault = refused.sentence
    return render(request, "frontdesk/designer/rule.html", {"fault": fault, "text": text})


def _edit(
    request: DeskRequest,
    draft: ServiceVersion,
    form: Any,
    *,
    title: str,
    change: Callable[[Raw], None],
    anchor: str = "",
    **more: Any,
) -> HttpResponse:
    """Show a part's form; when it is sent and right, keep the draft and go back to it. What was typed stays."""
    code = draft.service.code
    if request.method == "POST" and form.is_valid():
        raw = copy.deepcopy(draft.definition)
        change(raw)
        try:
            change_design(code, raw, seen=request.POST.get("seen", ""), by=request.viewer)
            messages.success(request, _("Kept in the draft."))
            response = redirect("frontdesk:design", code=code)
            response["Location"] += f"#{anchor}" if anchor else ""
            return response
        except Refusal as refusal:
            form.add_refusal(refusal)
            draft = design_of(request.viewer, code)
    context = {
        **design_context(request, draft),
        "form": form,
        "title": title,
        "mark": mark_of(draft.definition),
        "rules": [one for one, field in form.fields.items() if isinstance(field, forms.RuleField)],
        "draft_key": f"frontdesk.design:{code}:{anchor}:{more.get('item_name', '')}",
        **more,
    }
    return render(request, "frontdesk/designer/item.html", context, status=form.status)


def _form_of(part: str, data: Any, raw: Raw, old: Raw | None) -> Any:
    shared: dict[str, Any] = {"raw": old or {}, "names": _kinds(raw, part, old)}
    if part == "sections":
        return forms.SectionForm(data, **shared)
    if part == "fields":
        headings = [(one["code"], both(one.get("title"))[0]) for one in raw.get("sections", ())]
        return forms.FieldForm(data, parts=headings, **shared)
    if part == "papers":
        return forms.PaperForm(data, **shared)
    if part == "fees":
        questions = [(one["code"], both(one.get("label"))[0]) for one in raw.get("fields", ())]
        steps = [(one["code"], both(one.get("title"))[0]) for one in _steps(raw)]
        return forms.FeeForm(data, questions=questions, steps=steps, **shared)
    form = forms.StepDesignForm(data, stages=_stage_choices(raw), **shared)
    here = _stage_of(raw, str(old["code"])) if old else None
    form.initial["stage"] = str(here) if here else f"new:{len(raw.get('route', ())) + 1}"
    return form


def _stage_choices(raw: Raw) -> list[tuple[str, str]]:
    """Beside the steps of a stage, or in a new stage before, between or after them."""
    choices = []
    stages = raw.get("route", ())
    for number, stage in enumerate(stages, 1):
        steps = "، ".join(both(one.get("title"))[0] for one in stage.get("steps", ()))
        choices.append(
            (f"new:{number}", _("a new stage before stage %(number)s") % {"number": number})
        )
        choices.append(
            (str(number), _("in stage %(number)s: %(steps)s") % {"number": number, "steps": steps})
        )
    return [*choices, (f"new:{len(stages) + 1}", _("a new stage at the end"))]


def _kinds(raw: Raw, part: str, old: Raw | None) -> Mapping[str, Kind]:
    """Names that a rule may use there."""
    design, _faults = read_loosely(raw)
    if design is None:
        return {}
    if part == "route":
        stage = _stage_of(raw, str(old["code"])) if old else None
        return names_before(design, stage or len(design.route) + 1).kinds
    return names_at_intake(design).kinds


def _names(raw: Raw, part: str, old: Raw | None) -> list[tuple[str, str]]:
    words = {
        "number": _("a number"),
        "text": _("a text"),
        "bool": _("yes or no"),
        "date": _("a date"),
        "list": _("rows"),
    }
    return [(name, words.get(kind, "")) for name, kind in sorted(_kinds(raw, part, old).items())]


def _steps(raw: Raw) -> list[Raw]:
    return [step for stage in raw.get("route", ()) for step in stage.get("steps", ())]


def _stage_of(raw: Raw, code: str) -> int | None:
    for number, stage in enumerate(raw.get("route", ()), 1):
        if any(step.get("code") == code for step in stage.get("steps", ())):
            return number
    return None


def _found(raw: Raw, part: str, name: str) -> Raw | None:
    """The item of that code; None for a new one. Refuses `NotVisible` for a code that is not there."""
    if name in ("-", ""):
        return None
    items = _steps(raw) if part == "route" else raw.get(part, ())
    for one in items:
        if one.get("code") == name:
            return dict(one)
    raise NotVisible()


def _put(raw: Raw, part: str, name: str, made: Raw, *, stage: str) -> None:
    """Put an item in its place. What the form does not show of an old one is kept; a step may change its stage."""
    if part != "route":
        items = raw.setdefault(part, [])
        at = next((n for n, one in enumerate(items) if one.get("code") == name), None)
        if at is None:
            items.append(made)
        else:
            items[at] = made
        return
    stages = raw.setdefault("route", [])
    old = _stage_of(raw, name)
    if old is not None and str(old) == stage:
        steps = stages[old - 1]["steps"]
        steps[next(n for n, one in enumerate(steps) if one["code"] == name)] = made
        return
    before, _colon, number = stage.rpartition(":")
    wanted = {"steps": [made]} if before else stages[int(number) - 1]
    if old is not None:
        stages[old - 1]["steps"] = [one for one in stages[old - 1]["steps"] if one["code"] != name]
    if before:
        stages.insert(int(number) - 1, wanted)
    else:
        wanted["steps"].append(made)
    raw["route"] = [one for one in stages if one["steps"]]


def _move_item(items: list[Raw], name: str, act: str) -> None:
    at = next(n for n, one in enumerate(items) if one.get("code") == name)
    if act == "remove":
        del items[at]
    elif act == "up" and at > 0:
        items[at - 1], items[at] = items[at], items[at - 1]
    elif act == "down" and at + 1 < len(items):
        items[at + 1], items[at] = items[at], items[at + 1]


def _move_step(raw: Raw, name: str, act: str) -> None:
    """Up and down move the step's whole stage; it leaves its stage by its form."""
    stages = raw["route"]
    at = (_stage_of(raw, name) or 1) - 1
    if act == "remove":
        stages[at]["steps"] = [one for one in stages[at]["steps"] if one["code"] != name]
        raw["route"] = [one for one in stages if one["steps"]]
    elif act == "up" and at > 0:
        stages[at - 1], stages[at] = stages[at], stages[at - 1]
    elif act == "down" and at + 1 < len(stages):
        stages[at + 1], stages[at] = stages[at], stages[at + 1]
