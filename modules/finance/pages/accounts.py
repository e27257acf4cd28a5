"""The chart of accounts as a tree, and the kinds of dues."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables.sheets import MEDIA_TYPE
from kernel.errors import NotVisible, Refusal
from modules.finance.constants import AccountKind
from modules.finance.forms.books import (
    AccountForm,
    ChangeKindForm,
    ChartSheetForm,
    KindForm,
    RenameAccountForm,
)
from modules.finance.selectors.books import account_for, accounts
from modules.finance.selectors.dues import kinds
from modules.finance.services.chart import add_account, add_kind, change_kind, rename_account
from modules.finance.services.chart_sheet import chart_template, read_chart, take_chart


@page(permission="finance.manage_accounts", module="finance")
@require_GET
def account_tree(request: DeskRequest) -> HttpResponse:
    """The chart in the order of its codes; the template is marked as not the ministry's official codes."""
    rows = [(one, range(len(one.code) - 1)) for one in accounts(request.viewer)]
    return render(request, "finance/accounts.html", {"rows": rows})


@page(permission="finance.manage_accounts", module="finance")
@require_http_methods(["GET", "POST"])
def account_new(request: DeskRequest) -> HttpResponse:
    form = AccountForm(request.POST or None)
    try:
        if request.method == "POST":
            with once_for(request, "finance.account") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    typed = form.cleaned_data
                    add_account(
                        code=typed["code"],
                        name_ar=typed["name_ar"],
                        name_en=typed["name_en"],
                        kind=AccountKind(typed["kind"]) if typed["kind"] else None,
                        needs_party=typed["needs_party"],
                        report_line=typed["report_line"],
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:accounts"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(request, "finance/account_new.html", {"form": form}, status=form.status)


@page(permission="finance.manage_accounts", module="finance")
@require_http_methods(["GET", "POST"])
def account_page(request: DeskRequest, code: str) -> HttpResponse:
    account = account_for(request.viewer, code)
    initial = {
        name: getattr(account, name)
        for name in ("name_ar", "name_en", "report_line", "is_active", "is_monetary")
    }
    form = RenameAccountForm(request.POST or None, initial=initial)
    try:
        if request.method == "POST" and form.is_valid():
            rename_account(account, **form.cleaned_data, by=request.viewer)
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request, "finance/account.html", {"form": form, "account": account}, status=form.status
    )


@page(permission="finance.manage_accounts", module="finance")
@require_GET
def kind_list(request: DeskRequest) -> HttpResponse:
    return render(request, "finance/kinds.html", {"kinds": kinds(request.viewer)})


@page(permission="finance.manage_accounts", module="finance")
@require_http_methods(["GET", "POST"])
def kind_new(request: DeskRequest) -> HttpResponse:
    form = KindForm(request.POST or None)
    try:
        if request.method == "POST":
            with once_for(request, "finance.kind") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    add_kind(**form.cleaned_data, by=request.viewer)
                    return once.redirect(reverse("finance:kinds"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(request, "finance/kind_new.html", {"form": form}, status=form.status)


@page(permission="finance.manage_accounts", module="finance")
@require_http_methods(["GET", "POST"])
def kind_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    kind = kinds(request.viewer).filter(uid=uid).first()
    if kind is None:
        raise NotVisible()
    initial = {
        name: getattr(kind, name)
        for name in ("title_ar", "title_en", "position", "is_fine", "is_active")
    }
    form = ChangeKindForm(request.POST or None, initial=initial)
    try:
        if request.method == "POST" and form.is_valid():
            change_kind(kind, **form.cleaned_data, by=request.viewer)
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(request, "finance/kind.html", {"form": form, "kind": kind}, status=form.status)


@page(permission="finance.manage_accounts", module="finance")
@require_http_methods(["GET", "POST"])
def chart_sheet(request: DeskRequest) -> HttpResponse:
    """Bring in the municipality's own codes: the sheet is judged whole and taken over whole."""
    form = ChartSheetForm(request.POST or None, request.FILES or None)
    taken = None
    try:
        if request.method == "POST" and form.is_valid():
            taken = take_chart(read_chart(form.cleaned_data["file"].read()), by=request.viewer)
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request, "finance/chart_sheet.html", {"form": form, "taken": taken}, status=form.status
    )


@page(permission="finance.manage_accounts", module="finance")
@require_GET
def chart_template_file(request: DeskRequest) -> HttpResponse:
    """The present chart as a sheet."""
    response = HttpResponse(chart_template(), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = 'attachment; filename="chart.xlsx"'
    return response
