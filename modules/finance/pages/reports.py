"""Reports of the books, each as a page, a sheet and a paper."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from frontend.pages import DeskRequest, page
from frontend.tables.sheets import MEDIA_TYPE
from kernel.calendar.selectors import today
from kernel.errors import NotVisible
from kernel.money import currency_name
from modules.finance.errors.books import ReportTooLong
from modules.finance.forms.books import PeriodForm
from modules.finance.forms.dimensions import DIMENSIONS, LinesForm
from modules.finance.report_papers import (
    WORDS,
    is_amount,
    report_paper,
    report_sheet,
    shown,
    totals,
)
from modules.finance.selectors.dimensions import EVERYTHING, in_words
from modules.finance.selectors.plain_journal import plain_journal
from modules.finance.selectors.reports import REPORTS
from modules.finance.selectors.tables import Report, Table


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
    form, since, until = _asked(request, report)
    dimensions = form.dimensions() if isinstance(form, LinesForm) else EVERYTHING
    table, account = Table((), ()), form.cleaned_data.get("account") if form.is_valid() else None
    try:
        table = (
            report.narrowed(request.viewer, since, until, dimensions, account)
            if report.narrowed
            else report.table(request.viewer, since, until)
        )
    except ReportTooLong as refusal:
        form.add_refusal(refusal)
    wanted = request.GET.get("as", "") if not form.errors else ""
    if wanted == "xlsx":
        response = HttpResponse(report_sheet(report, table), content_type=MEDIA_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{code}.xlsx"'
        return response
    if wanted == "pdf":
        filters = [*in_words(dimensions), *([[_("Account"), str(account)]] if account else [])]
        content = report_paper(report, table, since=since, until=until, filters=filters)
        return HttpResponse(content, content_type="application/pdf")
    return render(
        request,
        "finance/report.html",
        {
            "report": report,
            "code": code,
            "form": form,
            "columns": [(one, is_amount(table, at)) for at, one in enumerate(table.columns)],
            "totals": totals(report, table),
            "rows": [
                (
                    _address(table, at, until),
                    [
                        (cell, isinstance(raw, Decimal))
                        for cell, raw in zip(shown(row, table), row, strict=True)
                    ],
                )
                for at, row in enumerate(table.rows[:500])
            ],
            "drawings": drawings(report, table),
            "asked": urlencode(
                [
                    ("since", f"{since:%d/%m/%Y}"),
                    ("until", f"{until:%d/%m/%Y}"),
                    *(
                        (one, request.GET.get(one, ""))
                        for one in _NARROWING
                        if request.GET.get(one)
                    ),
                ]
            ),
            "narrowing": [form[one] for one in _NARROWING] if isinstance(form, LinesForm) else [],
            "is_narrowed": any(request.GET.get(one) for one in _NARROWING),
            "count": len(table.rows),
        },
        status=form.status,
    )


_NARROWING = ("account", *DIMENSIONS)


def _asked(request: DeskRequest, report: Report) -> tuple[PeriodForm | LinesForm, date, date]:
    """The form and its period: this year, or this month of a long report, unless another was asked for."""
    until = today()
    since = until.replace(day=1) if report.of_a_month else date(until.year, 1, 1)
    asked: Any = request.GET
    if not request.GET.get("since"):
        asked = {"since": f"{since:%d/%m/%Y}", "until": f"{until:%d/%m/%Y}"}
    form = LinesForm(asked) if report.narrowed else PeriodForm(asked)
    if form.is_valid():
        return form, form.cleaned_data["since"], form.cleaned_data["until"]
    return form, since, until


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
    "entry": "finance:entry",
    "budget-line": "finance:budget-line",
    "campaign": "finance:campaign",
    "receipt-book": "finance:receipt-book",
    "spending": "finance:spending",
}


def _address(table: Table, at: int, until: date) -> str:
    """Where a row leads: to the voucher, the due, the account behind it, the dues of an age."""
    if not table.leads:
        return ""
    if table.leads.startswith("ageing-"):
        by = table.leads.removeprefix("ageing-")
        asked = urlencode({"on": f"{until:%d/%m/%Y}", "by": by, "of": table.keys[at]})
        return f"{reverse('finance:ageing-dues')}?{asked}"
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
                "currency": currency_name(currency, get_language() or "ar"),
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
