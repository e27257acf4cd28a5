"""Online payments for the staff: what was begun and what came of it; the gateway itself."""

from __future__ import annotations

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import AmountColumn, CodeColumn, DateColumn, DeskTable, LinkColumn, StateColumn
from frontend.tables.listing import list_page
from kernel.errors import Refusal
from kernel.printing.heads import public_base
from kernel.text import tokens
from modules.finance.constants import IntentState, RefundState
from modules.finance.forms.online import GatewayForm
from modules.finance.models import PaymentIntent
from modules.finance.pages.filters import DayFilter
from modules.finance.selectors.online import (
    gateway_box,
    intents,
    needs_a_look,
    puzzling_count,
    unsettled_count,
    waiting_count,
)
from modules.finance.services.online_setup import configure_gateway

PUZZLING = "look"
KINDS = {
    IntentState.BEGUN: "info",
    IntentState.CONFIRMED: "warn",
    IntentState.PAID: "ok",
    IntentState.FAILED: "neutral",
    IntentState.EXPIRED: "neutral",
}


def kind_of(intent: PaymentIntent) -> str:
    """How its state looks: what went back to the card is over, and no receipt stands for it."""
    return (
        "neutral" if intent.refund_state == RefundState.DONE else KINDS[IntentState(intent.state)]
    )


class IntentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Payer or reference"), method="by_text")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(PUZZLING, _("needs a look")), *IntentState.choices],
        method="by_state",
    )
    since = DayFilter(label=_("From"), field_name="created_at", lookup_expr="date__gte")
    until = DayFilter(label=_("To"), field_name="created_at", lookup_expr="date__lte")

    class Meta:
        model = PaymentIntent
        fields: tuple[str, ...] = ()

    def by_state(
        self, rows: QuerySet[PaymentIntent], name: str, value: str
    ) -> QuerySet[PaymentIntent]:
        return rows.filter(needs_a_look() if value == PUZZLING else Q(state=value))

    def by_text(
        self, rows: QuerySet[PaymentIntent], name: str, value: str
    ) -> QuerySet[PaymentIntent]:
        text = value.strip()
        if any(sign.isdigit() for sign in text):
            return rows.filter(reference__contains=text)
        for word in tokens(text):
            rows = rows.filter(party__search_words__contains=[word])
        return rows


class IntentTable(DeskTable):
    created_at = DateColumn(verbose_name=_("Begun"), time=True)
    payer_name = LinkColumn(
        verbose_name=_("Paid by"),
        url=lambda one: reverse("finance:online-payment", args=[one.uid]),
        orderable=False,
    )
    amount = AmountColumn(verbose_name=_("Amount"))
    state = StateColumn(
        verbose_name=_("State"),
        kinds=lambda one: "danger" if one.needs_a_look else kind_of(one),
        show=lambda one: gettext("needs a look") if one.needs_a_look else one.standing,
        orderable=False,
    )
    receipt = LinkColumn(
        verbose_name=_("Receipt"),
        url=lambda one: reverse("finance:receipt", args=[one.receipt.uid]),
        code=True,
        orderable=False,
    )
    reference = CodeColumn(
        accessor="short_reference", verbose_name=_("Reference of the bank"), orderable=False
    )

    empty_title = _("No online payments yet")
    empty_text = _("What citizens pay from home appears here, also what came to nothing.")


@page(permission="finance.read", module="finance")
@require_GET
def online_list(request: DeskRequest) -> HttpResponse:
    """Every online payment with its state and its receipt, the newest first."""
    return list_page(
        request,
        table=IntentTable,
        queryset=intents(request.viewer),
        filters=IntentFilter,
        title=_("Online payments"),
        template="finance/online/list.html",
        context={
            "waiting": waiting_count(request.viewer),
            "puzzling": puzzling_count(request.viewer),
            "box": gateway_box(),
        },
    )


@page(permission="finance.manage_gateway", module="finance")
@require_http_methods(["GET", "POST"])
def gateway_page(request: DeskRequest) -> HttpResponse:
    """Connect the gateway, change it, switch it on and off."""
    box = gateway_box()
    kept = (box.gateway or {}) if box else {}
    form = GatewayForm(
        request.POST or None,
        initial=kept or {"adapter": "hosted", "currencies": ["ILS"]},
        now=kept.get("adapter", ""),
    )
    try:
        if request.method == "POST":
            with once_for(request, "finance.gateway") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    configure_gateway(**form.cleaned_data, by=request.viewer)
                    messages.success(request, gettext("The gateway was saved."))
                    return once.redirect(reverse("finance:gateway"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    context = {
        "form": form,
        "box": box,
        "unsettled": unsettled_count(),
        "callback": public_base() + reverse("finance-citizen:gateway-told"),
    }
    return render(request, "finance/online/gateway.html", context, status=form.status)
