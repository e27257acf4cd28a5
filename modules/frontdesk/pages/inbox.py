"""The inbox: boxes as tabs with counts, filters kept as views, the next step at a click, many assigned at once."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import django_filters
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import Column, DateColumn, DeskTable, LinkColumn, StateColumn, list_page
from kernel.errors import Refusal
from kernel.identity.models import User
from kernel.organisation.models import Section
from kernel.organisation.selectors import section_names, staff_of, who_may_anywhere
from kernel.terms import term_lazy
from modules.frontdesk.constants import ToolKind
from modules.frontdesk.models import RequestStep
from modules.frontdesk.pages.showing import applicant_name, step_kind
from modules.frontdesk.pages.tool_forms import AssignManyForm, MacroForm, ViewForm
from modules.frontdesk.selectors.catalogue import service_names
from modules.frontdesk.selectors.inbox import BOXES, inbox, inbox_counts
from modules.frontdesk.selectors.lonely import lonely_sections
from modules.frontdesk.selectors.tools import macros_of, saved_views, tools_of
from modules.frontdesk.services import assign_many, drop_tool, save_tool, take_next
from modules.frontdesk.services.steps import WORK

MOST_AT_ONCE = 500
BOX_TITLES = {
    "mine": gettext_lazy("Mine"),
    "section": gettext_lazy("My sections"),
    "delegated": gettext_lazy("In place of colleagues"),
    "overdue": gettext_lazy("Overdue"),
    "waiting": gettext_lazy("Waiting for others"),
    "money": gettext_lazy("Waiting for payment"),
}


class TickColumn(Column):
    """A box to tick; the list's own form sends what is ticked."""

    def render(self, value: Any, record: RequestStep) -> str:
        return format_html(
            '<input class="form-check-input" type="checkbox" form="picked" name="pick" value="{}" aria-label="{}">',
            value,
            record.request.number,
        )

    def value(self, value: Any, record: RequestStep) -> str:
        return ""


class InboxTable(DeskTable):
    """Open steps: what, of whom, until when."""

    pick = TickColumn(accessor="uid", verbose_name=gettext_lazy("Pick"), orderable=False)
    number = LinkColumn(
        accessor="request__number",
        verbose_name=term_lazy("request_number"),
        url=lambda step: reverse("frontdesk:request", args=[step.request.uid]),
        code=True,
    )
    service = Column(
        accessor="request__service_version__title",
        verbose_name=gettext_lazy("Service"),
        orderable=False,
    )
    applicant = Column(
        accessor="request__applicant__full_name",
        verbose_name=term_lazy("applicant"),
        orderable=False,
    )
    title = Column(accessor="title", verbose_name=gettext_lazy("Step"), orderable=False)
    section = Column(accessor="section__name", verbose_name=term_lazy("section"), orderable=False)
    assignee = Column(
        accessor="assignee__full_name", verbose_name=gettext_lazy("With"), orderable=False
    )
    due_on = DateColumn(verbose_name=gettext_lazy("Due on"))
    state = StateColumn(
        accessor="request__state",
        verbose_name=gettext_lazy("State"),
        kinds=step_kind,
        orderable=False,
    )

    empty_title = gettext_lazy("Nothing waits here")
    empty_text = gettext_lazy("New work appears by itself when a request reaches your section.")

    class Meta(DeskTable.Meta):
        model = RequestStep
        fields: ClassVar = (
            "pick",
            "number",
            "service",
            "applicant",
            "title",
            "section",
            "assignee",
            "due_on",
            "state",
        )

    def __init__(self, *args: Any, viewer: Any = None, **kwargs: Any) -> None:
        if viewer is None or not viewer.may("frontdesk.lead"):
            kwargs.setdefault("exclude", ("pick",))
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def render_applicant(self, record: RequestStep) -> str:
        return applicant_name(self.viewer, record.request)

    def value_applicant(self, record: RequestStep) -> str:
        return applicant_name(self.viewer, record.request)


class InboxFilter(django_filters.FilterSet):
    service = django_filters.ChoiceFilter(
        label=gettext_lazy("Service"), field_name="request__service_version__service__code"
    )
    section = django_filters.ChoiceFilter(label=term_lazy("section"), field_name="section__code")
    free = django_filters.BooleanFilter(
        label=gettext_lazy("Not taken up yet"), field_name="assignee", lookup_expr="isnull"
    )
    due = django_filters.DateFromToRangeFilter(label=gettext_lazy("Due on"), field_name="due_on")
    priority = django_filters.BooleanFilter(
        label=gettext_lazy("Served first"), field_name="request__is_priority"
    )

    class Meta:
        model = RequestStep
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Names alone, asked for once: whole services with their designs are a third of the page's time.
        self.filters["service"].extra["choices"] = service_names()
        self.filters["section"].extra["choices"] = section_names()


@require_safe
@page(module="frontdesk")
def inbox_page(request: DeskRequest) -> HttpResponse:
    """My work: boxes as tabs with counts, then the views that were kept."""
    counts = inbox_counts(request.viewer)
    asked = request.GET.get("box", "")
    box = asked if asked in BOXES else "mine" if counts["mine"] else "section"
    tabs: list[dict[str, Any]] = [
        {
            "title": BOX_TITLES[one],
            "url": f"?box={one}",
            "count": counts[one],
            "current": one == box,
        }
        for one in BOX_TITLES
        if one != "delegated" or request.viewer.stands_in_for
    ]
    query = _kept(request.GET.urlencode())
    for view in saved_views(request.viewer):
        kept = str(view.definition.get("query", ""))
        tabs.append(
            {"title": view.name, "url": f"?{kept}", "count": None, "current": kept == query}
        )
    return list_page(
        request,
        table=InboxTable,
        queryset=inbox(request.viewer, box),
        filters=InboxFilter,
        template="frontdesk/inbox.html",
        title=_("Requests"),
        context={"tabs": tabs, "box": box, "query": query},
        table_kwargs={"viewer": request.viewer},
        pick_first=True,
    )


@require_POST
@page(permission="frontdesk.work", module="frontdesk")
def next_step(request: DeskRequest) -> HttpResponse:
    """Take up what is due first."""
    try:
        step = take_next(by=request.viewer)
    except Refusal as refusal:
        messages.info(request, str(refusal))
        return redirect("frontdesk:inbox")
    return redirect("frontdesk:request", uid=step.request.uid)


@require_POST
@page(permission="frontdesk.lead", module="frontdesk")
def assign_picked(request: DeskRequest) -> HttpResponse:
    """Give the steps that were ticked to a colleague, for one reason."""
    picked = [one for one in request.POST.getlist("pick") if one][:MOST_AT_ONCE]
    chosen = RequestStep.objects.filter(uid__in=_uids(picked))
    steps = list(chosen.select_related("section", "request__service_version"))
    there = {
        one.section_id: one.section for one in steps if one.section_id in request.viewer.sections
    }
    people: dict[str, User] = {}
    for section in there.values():
        people.update({str(one.uid): one for one in staff_of(section)})
    lonely = lonely_sections(request.viewer, steps)
    if lonely:  # nobody of the section could be chosen
        people.update({str(one.uid): one for one in who_may_anywhere(WORK)})
    choices = [(uid, one.full_name) for uid, one in people.items()]
    sent = request.POST if "reason" in request.POST else None
    form = AssignManyForm(sent, people=choices)
    if sent is not None and form.is_valid():
        with once_for(request, "frontdesk.assign-many") as once:
            if once.replayed:
                return once.redirect()
            done, refused = assign_many(
                [str(one.uid) for one in steps],
                to=people.get(form.cleaned_data["to"]),
                reason=form.cleaned_data["reason"],
                by=request.viewer,
            )
            messages.success(request, _("%(count)s steps were assigned.") % {"count": done})
            for number, sentence in refused[:10]:
                messages.error(request, f"{number}: {sentence}")
            return once.redirect(reverse("frontdesk:inbox"))
    context = {
        "form": form,
        "steps": steps,
        "picked": [str(one.uid) for one in steps],
        "lonely": lonely,
    }
    return render(request, "frontdesk/assign_many.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def tools(request: DeskRequest) -> HttpResponse:
    """My views and macros, and those of my sections; a new one of each."""
    mine = Section.objects.filter(pk__in=request.viewer.sections)
    shared = [(one.code, one.name) for one in mine] if request.viewer.may("frontdesk.lead") else []
    data, kind = (
        (request.POST, request.POST.get("kind", "")) if request.method == "POST" else (None, "")
    )
    view_form = ViewForm(
        data if kind == ToolKind.VIEW else None,
        shared=shared,
        initial={"query": _kept(request.GET.urlencode())},
    )
    macro_form = MacroForm(data if kind == ToolKind.MACRO else None, shared=shared)
    form: Any = macro_form if kind == ToolKind.MACRO else view_form
    if request.method == "POST" and form.is_valid():
        try:
            save_tool(
                kind,
                name=form.cleaned_data["name"],
                definition=form.definition(),
                section=mine.filter(code=form.cleaned_data["section"]).first(),
                by=request.viewer,
            )
            messages.success(request, _("Kept."))
            return redirect("frontdesk:tools")
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "view_form": view_form,
        "macro_form": macro_form,
        "views": saved_views(request.viewer),
        "macros": macros_of(request.viewer),
        "count": tools_of(request.viewer).count(),
    }
    return render(request, "frontdesk/tools.html", context, status=form.status)


@require_POST
@page(permission="frontdesk.work", module="frontdesk")
def tool_drop(request: DeskRequest, uid: Any) -> HttpResponse:
    drop_tool(uid, by=request.viewer)
    return redirect("frontdesk:tools")


def _kept(query: str) -> str:
    """A list's address without its page: what a saved view remembers."""
    return urlencode([one for one in parse_qsl(query) if one[0] not in ("page", "export")])


def _uids(picked: list[str]) -> list[str]:
    return [one for one in picked if len(one) == 36]
