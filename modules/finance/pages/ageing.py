"""Ages of dues by kind, neighbourhood and collector; the dues behind each figure; who collects where."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from frontend.pages import DeskRequest, page
from frontend.tables import AmountColumn, Column, DateColumn, LinkColumn, list_page
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from modules.finance.constants import AgeingBy
from modules.finance.forms.ageing import AgeingForm, RoundsForm
from modules.finance.pages.tables import MoneyTable, totals_by_currency
from modules.finance.selectors.ageing import (
    BANDS,
    NOWHERE,
    ageing,
    dues_of_age,
    nowhere,
    title_of_group,
)
from modules.finance.selectors.ageing_reports import (
    AGE_BANDS,
    AGEING_CODES,
    AGEING_REPORTS,
)
from modules.finance.selectors.cash import box_for
from modules.finance.services.rounds import set_rounds


@page(permission="finance.read", module="finance")
@require_GET
def ageing_page(request: DeskRequest) -> HttpResponse:
    """How old the dues are on any day, by what one asks; whether they equal the control accounts."""
    on, by = today(), AgeingBy.KIND.value
    form = AgeingForm(initial={"on": on, "by": by})
    if request.GET.get("on"):
        form = AgeingForm(request.GET)
        if form.is_valid():
            on, by = form.cleaned_data["on"], form.cleaned_data["by"]
    found = ageing(request.viewer, on=on, by=by)
    asked = urlencode({"since": f"{on:%d/%m/%Y}", "until": f"{on:%d/%m/%Y}"})
    return render(
        request,
        "finance/ageing.html",
        {
            "form": form,
            "on": on,
            "by": by,
            "heading": AgeingBy(by).label,
            "found": found,
            "bands": AGE_BANDS,
            "note": AGEING_REPORTS[AGEING_CODES[by]].note,
            "report": f"{reverse('finance:report', args=[AGEING_CODES[by]])}?{asked}",
        },
        status=form.status,
    )


class AgedDueTable(MoneyTable):
    due = LinkColumn(
        accessor="name",
        order_by=("kind__position", "year"),
        verbose_name=gettext_lazy("Due"),
        url=lambda one: reverse("finance:charge", args=[one.uid]),
    )
    party = Column(verbose_name=gettext_lazy("Ratepayer"), orderable=False)
    due_on = DateColumn(verbose_name=gettext_lazy("Due on"))
    principal = AmountColumn(verbose_name=gettext_lazy("Assessed"))
    owed_then = AmountColumn(verbose_name=gettext_lazy("Owed on that day"))

    class Meta:
        sequence: ClassVar = ("due", "party", "due_on", "principal", "owed_then")

    empty_title = gettext_lazy("Nothing was owed on that day")
    empty_text = ""


@page(permission="finance.read", module="finance")
@require_GET
def ageing_dues(request: DeskRequest) -> HttpResponse:
    """The dues behind one row or one cell of the ageing, with what was owed of each on that day."""
    on, by = today(), AgeingBy.KIND.value
    if request.GET.get("on"):
        form = AgeingForm(request.GET)
        if not form.is_valid():
            raise NotVisible()
        on, by = form.cleaned_data["on"], form.cleaned_data["by"]
    of, band = request.GET.get("of", ""), _band(request.GET.get("band", ""))
    return list_page(
        request,
        table=AgedDueTable,
        queryset=dues_of_age(request.viewer, on=on, by=by, of=of, band=band),
        title=_title(on, by, of, band),
        template="finance/ageing_dues.html",
        totals=lambda rows: totals_by_currency(rows, "principal", "owed_then"),
        context={"back": f"{reverse('finance:ageing')}?{urlencode({'on': f'{on:%d/%m/%Y}', 'by': by})}"},
    )  # fmt: skip


def _band(typed: str) -> int | None:
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 1 or int(typed) > len(BANDS):
        raise NotVisible()
    return int(typed)


def _title(on: date, by: str, of: str, band: int | None) -> str:
    group = _group(by, of)
    if group is None:
        raise NotVisible()
    parts = [group, *([str(AGE_BANDS[band])] if band is not None else [])]
    return _("Dues on %(day)s: %(of)s") % {"day": f"{on:%d/%m/%Y}", "of": " · ".join(parts)}


def _group(by: str, of: str) -> str | None:
    if not of:
        return _("all")
    return nowhere(by) if of == NOWHERE else title_of_group(by, of)


@page(permission="finance.manage_boxes", module="finance")
@require_http_methods(["GET", "POST"])
def box_rounds(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Whose the box is and in which neighbourhoods he collects."""
    box = box_for(request.viewer, uid)
    initial: dict[str, Any] = {"collector": box.collector_id, "zones": box.zones}
    form = RoundsForm(request.POST if request.method == "POST" else None, initial=initial)
    try:
        if request.method == "POST" and form.is_valid():
            set_rounds(
                box,
                collector=form.cleaned_data["collector"],
                zones=list(form.cleaned_data["zones"]),
                by=request.viewer,
            )
            return redirect("finance:boxes")
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request, "finance/box_rounds.html", {"form": form, "box": box}, status=form.status
    )
