"""Deposits held, and those on their way back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from modules.finance.selectors.books import accounts
from modules.finance.selectors.deposits import refunds_waiting
from modules.finance.selectors.spending import DEPOSITS, deposits_held


@page(permission="finance.read_spending", module="finance")
@require_GET
def deposits_page(request: DeskRequest) -> HttpResponse:
    """Refunds that were asked for, the late ones on top; deposits held: for whom, on which account, how much."""
    held = [one for one in accounts(request.viewer) if one.code.startswith(DEPOSITS)]
    return render(
        request,
        "finance/deposits.html",
        {
            "rows": deposits_held(request.viewer, held),
            "refunds": refunds_waiting(request.viewer, on=today()),
        },
    )
