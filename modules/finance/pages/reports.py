"""Reports of the books, each as a page, a sheet and a paper."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from frontend.pages import DeskRequest, page
from frontend.tables.sheets import MEDIA_TYPE
from kernel.calendar.selectors import today
from kernel.errors import NotVisible
from modules.finance.forms.books import DayForm, PeriodForm
from modules.finance.report_papers import WORDS, report_paper, report_sheet, shown
from modules.finance.selectors.ageing import ageing
from modules.finance.selectors.plain_journal import plain_journal
from modules.finance.selectors.reports import REPORTS
from modules.finance.selectors.tables import Report, Table

BANDS = (
    _("not due yet"),
    _("1 to 30 days"),
    _("31 to 90 days"),
    _("91 to 180 days"),
    _("181 to 365 days"),
    _("1 to 3 years"),
    _("over 3 years"),
)


@page(permission="finance.read", module="finance")
@require_GET
def ageing_page(request: DeskRequest) -> HttpResponse:
    """How old the dues are on any day; whether they equal the control accounts."""
    on, form = today(), DayForm(initial={"on": today()})
    if request.GET.get("on"):
        form = DayForm(request.GET)
        on = form.cleaned_data["on"] if form.is_valid() else on
    found = ageing(request.viewer, on=on)
    return render(
        request,
        "finance/ageing.html",
        {"form": form, "on": on, "found": found, "bands": BANDS},
        status=form.status,
    )


@page(permission="finance.read", module="finance")
@require_GET
def report_list(request: DeskRequest) -> HttpResponse:
    """All reports of the books."""
    return render(request, "finance/reports.html", {"reports": REPORTS.items()})


@page(permission="finance.read", module="finance")
@require_GET
def report_page(request: DeskRequest, code: str) -> HttpResponse:
    """One report of a period: on the screen, as a sheet (`?as=xlsx`), on paper (`?as=pdf`)."""
    report = REPORTS.get(code)
    if report is None:
        raise NotVisible()
    since, until = date(today().year, 1, 1), today()
    form = PeriodForm(initial={"since": since, "until": until})
    if request.GET.get("since"):
        form = PeriodForm(request.GET)
        if form.is_valid():
            since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    table = report.table(request.viewer, since, until)
    wanted = request.GET.get("as", "")
    if wanted == "xlsx":
        response = HttpResponse(report_sheet(report, table), content_type=MEDIA_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{code}.xlsx"'
        return response
    if wanted == "pdf":
        content = report_paper(report, table, since=since, until=until)
        return HttpResponse(content, content_type="application/pdf")
    return render(
        request,
        "finance/report.html",
        {
            "report": report,
            "code": code,
            "form": form,
            "columns": table.columns,
            "rows": [
                (
                    _address(table, at),
                    [
                        (cell, isinstance(raw, Decimal))
                        for cell, raw in zip(shown(row, table.columns), row, strict=True)
                    ],
                )
                for at, row in enumerate(table.rows[:500])
            ],
            "drawings": drawings(report, table),
            "asked": f"since={since:%d/%m/%Y}&until={until:%d/%m/%Y}",
            "count": len(table.rows),
        },
        status=form.status,
    )


@page(permission="finance.read", module="finance")
@require_GET
def journal_plain(request: DeskRequest) -> StreamingHttpResponse:
    """The journal of a period as plain text, for an auditor's own program."""
    since, until = date(today().year, 1, 1), today()
    if request.GET.get("since"):
        form = PeriodForm(request.GET)
        if form.is_valid():
            since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    lines = plain_journal(request.viewer, since=since, until=until)
    response = StreamingHttpResponse(
        (f"{one}\n" for one in list(lines)), content_type="text/plain; charset=utf-8"
    )
    name = f"journal-{since.isoformat()}-{until.isoformat()}.beancount"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_LEADS = {
    "receipt": "finance:receipt",
    "charge": "finance:charge",
    "session": "finance:session",
    "cheque": "finance:cheque",
    "ledger": "finance:ledger",
    "budget-line": "finance:budget-line",
    "campaign": "finance:campaign",
    "receipt-book": "finance:receipt-book",
    "spending": "finance:spending",
}


def _address(table: Table, at: int) -> str:
    """Where a row leads: to the voucher, the due, the account behind it."""
    if not table.leads:
        return ""
    if table.leads == "kind":
        return f"{reverse('finance:charges')}?kind={table.keys[at]}"
    return reverse(_LEADS[table.leads], args=[table.keys[at]])


def drawings(report: Report, table: Table) -> list[dict[str, Any]]:
    """What is drawn beside the table: for each currency its labels and a series for each drawn column."""
    chart = report.chart
    if chart is None:
        return []
    found = []
    for currency in sorted({str(row[chart.currency]) for row in table.rows}):
        rows = [row for row in table.rows if row[chart.currency] == currency][:12]
        found.append(
            {
                "currency": currency,
                "figures": json.dumps(
                    {
                        "labels": [
                            f"{one[chart.label]:%m/%Y}"
                            if isinstance(one[chart.label], date)
                            else str(WORDS.get(one[chart.label], one[chart.label]) or "—")
                            for one in rows
                        ],
                        "series": [
                            {
                                "label": str(table.columns[at]),
                                "values": [float(one[at] or 0) for one in rows],
                            }
                            for at in chart.values
                        ],
                    }
                ),
            }
        )
    return found
