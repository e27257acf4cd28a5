"""Suppliers: the register, one supplier, what is owed to them by age."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import DeskForm, once_for
from frontend.pages import DeskRequest, page
from frontend.tables import (
    CodeColumn,
    Column,
    DateColumn,
    DeskTable,
    LinkColumn,
    StateColumn,
    list_page,
)
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from kernel.parties.selectors import ids_of
from modules.finance.constants import AccountRole
from modules.finance.forms.desk import ReasonForm
from modules.finance.forms.suppliers import NewSupplierForm, SupplierForm
from modules.finance.models import Supplier
from modules.finance.pages.cheques import person_of
from modules.finance.selectors.books import account_of, base_currency
from modules.finance.selectors.spending import balance_of
from modules.finance.selectors.suppliers import (
    ageing_of_payables,
    bought_of,
    named_like,
    open_payables,
    spendings_of,
    statement_of,
    supplier_for,
    suppliers,
)
from modules.finance.services.supplying import (
    add_supplier,
    block_supplier,
    change_supplier,
    unblock_supplier,
)
from modules.finance.supplier_papers import supplier_paper

SHOWN = 50

BANDS_OF_AGE = (
    _("Not due yet"),
    _("Up to 30 days"),
    _("Up to 60 days"),
    _("Up to 90 days"),
    _("Longer"),
)


class SupplierTable(DeskTable):
    party = LinkColumn(
        verbose_name=_("Supplier"),
        url=lambda one: reverse("finance:supplier", args=[one.uid]),
        order_by="party__full_name",
    )
    tax_file = CodeColumn(verbose_name=_("Number of the tax file"))
    bank = Column(verbose_name=_("Bank"))
    iban = CodeColumn(verbose_name=_("IBAN"), orderable=False)
    certificate_until = DateColumn(verbose_name=_("Certificate until"))
    state = StateColumn(
        accessor="terms_days",
        verbose_name=_("State"),
        kinds=lambda one: "danger" if one.is_blocked else "ok",
        show=lambda one: _("blocked") if one.is_blocked else _("active"),
        orderable=False,
    )

    empty_title = _("No supplier yet")
    empty_text = _(
        "A supplier is a person or an organisation of the register, with how it is paid."
    )


class SupplierFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or number of the tax file"), method="by_text")
    blocked = django_filters.BooleanFilter(label=_("Blocked"), method="by_block")

    class Meta:
        model = Supplier
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Supplier], name: str, value: str) -> QuerySet[Supplier]:
        text = value.strip()
        if text.isdigit():
            return rows.filter(tax_file__contains=text)
        return named_like(rows, text)

    def by_block(self, rows: QuerySet[Supplier], name: str, value: bool) -> QuerySet[Supplier]:
        return rows.exclude(blocked_reason="") if value else rows.filter(blocked_reason="")


@page(permission="finance.read_spending", module="finance")
@require_GET
def supplier_list(request: DeskRequest) -> HttpResponse:
    """The register of suppliers."""
    return list_page(
        request,
        table=SupplierTable,
        queryset=suppliers(request.viewer),
        filters=SupplierFilter,
        title=_("Suppliers"),
        template="finance/suppliers/suppliers.html",
    )


@page(permission="finance.manage_suppliers", module="finance")
@require_http_methods(["GET", "POST"])
def supplier_new(request: DeskRequest) -> HttpResponse:
    """Take a person or an organisation into the register."""
    form = NewSupplierForm(request.POST or None)
    try:
        if request.method == "POST":
            with once_for(request, "finance.supplier") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    party = person_of(request, str(form.cleaned_data["party"]))
                    made = add_supplier(party, form.facts(), by=request.viewer)
                    return once.redirect(reverse("finance:supplier", args=[made.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request, "finance/suppliers/supplier_new.html", {"form": form}, status=form.status
    )


@page(permission="finance.read_spending", module="finance")
@require_GET
def supplier_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One supplier: how it is paid, what is owed to it, what was bought."""
    return _supplier(request, supplier_for(request.viewer, uid))


def _supplier(
    request: DeskRequest, supplier: Supplier, bound: DeskForm | None = None, move: str = ""
) -> HttpResponse:
    on = today()
    family = ids_of(supplier.party_id)
    may = request.viewer.may("finance.manage_suppliers")
    forms: dict[str, DeskForm] = {}
    if may:
        forms["change"] = SupplierForm(initial=SupplierForm.known(supplier))
        forms["unblock" if supplier.is_blocked else "block"] = ReasonForm()
    if bound is not None and move in forms:
        forms[move] = bound
    return render(
        request,
        "finance/suppliers/supplier.html",
        {
            "supplier": supplier,
            "valid": bool(supplier.certificate_until and supplier.certificate_until >= on),
            "payables": [
                (one, one.overdue(on))
                for one in open_payables(request.viewer, on=on, party_ids=family)
            ],
            "bought": bought_of(request.viewer, supplier, year=on.year),
            "owed": [
                (one.currency, one.closing)
                for one in statement_of(request.viewer, supplier, since=on, until=on)
            ],
            "spendings": spendings_of(request.viewer, supplier)[:SHOWN],
            "forms": forms,
            "today": on,
        },
        status=bound.status if bound is not None else 200,
    )


_MOVES = {"change", "block", "unblock"}


@page(permission="finance.manage_suppliers", module="finance")
@require_POST
def supplier_move(request: DeskRequest, uid: UUID, supplier_move: str) -> HttpResponse:
    """Change how it is paid, block it, or let it in again."""
    supplier = supplier_for(request.viewer, uid)
    if supplier_move not in _MOVES:
        raise NotVisible()
    form: DeskForm = (
        SupplierForm(request.POST) if supplier_move == "change" else ReasonForm(request.POST)
    )
    try:
        with once_for(request, "finance.supplier-move") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                if isinstance(form, SupplierForm):
                    change_supplier(supplier, form.facts(), by=request.viewer)
                else:
                    act = block_supplier if supplier_move == "block" else unblock_supplier
                    act(supplier, reason=form.cleaned_data["reason"], by=request.viewer)
                return once.redirect(reverse("finance:supplier", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _supplier(request, supplier, form, supplier_move)


@page(permission="finance.read_spending", module="finance")
@require_GET
def supplier_statement(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The supplier's statement of this year, on paper."""
    supplier = supplier_for(request.viewer, uid)
    on = today()
    content = supplier_paper(supplier, since=date(on.year, 1, 1), until=on, by=request.viewer)
    return HttpResponse(content, content_type="application/pdf")


@page(permission="finance.read_spending", module="finance")
@require_GET
def payables_page(request: DeskRequest) -> HttpResponse:
    """What is owed to suppliers, by how long it is overdue, beside the account in the books."""
    on = today()
    currency = base_currency(on)
    return render(
        request,
        "finance/suppliers/payables.html",
        {
            "rows": ageing_of_payables(request.viewer, on=on),
            "bands": BANDS_OF_AGE,
            "today": on,
            "currency": currency,
            "ledger": -balance_of(account_of(AccountRole.PAYABLES), currency),
        },
    )
