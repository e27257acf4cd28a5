"""Whom a request to spend pays: the register of suppliers, narrowed while one types, each leading into the form."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from frontend.pages import DeskRequest, page
from frontend.tables import CodeColumn, Column, DeskTable, LinkColumn, list_page
from modules.finance.pages.suppliers import SupplierFilter
from modules.finance.selectors.suppliers import suppliers


class PayeeFilter(SupplierFilter):
    """Only what narrows the list; blocked suppliers are not in it."""

    blocked = None


class PayeeTable(DeskTable):
    party = LinkColumn(
        verbose_name=_("Supplier"),
        url=lambda one: f"{reverse('finance:spending-new')}?party={one.party.uid}",
        order_by="party__full_name",
    )
    tax_file = CodeColumn(verbose_name=_("Number of the tax file"))
    bank = Column(verbose_name=_("Bank"))
    terms_days = Column(verbose_name=_("Paid within days"))

    empty_title = _("No supplier of that name")
    empty_text = _("Type another part of the name, or add the supplier to the register first.")


@page(permission="finance.request_spending", module="finance")
@require_GET
def payee_list(request: DeskRequest) -> HttpResponse:
    """Suppliers that are not blocked; choosing one opens the request with its name filled in."""
    return list_page(
        request,
        table=PayeeTable,
        queryset=suppliers(request.viewer).filter(blocked_reason=""),
        filters=PayeeFilter,
        title=_("Choose a supplier"),
        template="finance/suppliers/payees.html",
    )
