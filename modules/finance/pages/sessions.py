"""Sessions at the cash boxes: open, look, count and close, the closing sheet."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.errors import Refusal
from modules.finance.forms.desk import CloseSessionForm, OpenSessionForm
from modules.finance.pages.tables import SessionTable
from modules.finance.papers import closing_sheet
from modules.finance.selectors.cash import (
    drawers,
    expected_in,
    opening_differences,
    receipts,
    session_for,
    sessions,
)
from modules.finance.services.sessions import close_session, open_session


@page(permission="finance.read_receipts", module="finance")
@require_GET
def session_list(request: DeskRequest) -> HttpResponse:
    """My sessions, or everybody's for who supervises."""
    return list_page(
        request, table=SessionTable, queryset=sessions(request.viewer), title=_("Cash sessions")
    )


@page(permission="finance.receive", module="finance")
@require_http_methods(["GET", "POST"])
def session_open(request: DeskRequest) -> HttpResponse:
    """Choose a box, say what is in it."""
    form = OpenSessionForm(request.POST or None, boxes=drawers(request.viewer))
    try:
        if request.method == "POST":
            with once_for(request, "finance.session") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    open_session(
                        form.cleaned_data["box"],
                        opening_float=form.floats(),
                        reason=form.cleaned_data["reason"],
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:desk"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(request, "finance/session_open.html", {"form": form}, status=form.status)


@page(permission="finance.read_receipts", module="finance")
@require_GET
def session_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One session: what it took, its receipts, and the count once it is closed."""
    session = session_for(request.viewer, uid)
    return render(
        request,
        "finance/session.html",
        {
            "session": session,
            "holdings": expected_in(session),
            "opened_off": opening_differences(session.opening_float, session.opening_books)
            if session.opening_reason
            else [],
            "counts": session.counts.order_by("method", "currency"),
            "receipts": receipts(request.viewer).filter(session=session),
            "may_hand_over": session.is_open
            and not session.handover
            and session.cashier_id == request.viewer.user_id,
            "has_minutes": bool(session.handover or session.taken_from_id),
            "may_close": session.is_open
            and (
                session.cashier_id == request.viewer.user_id
                or request.viewer.may("finance.close_any_session")
            ),
        },
    )


@page(permission="finance.read_receipts", module="finance")
@require_http_methods(["GET", "POST"])
def session_close(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Count the cash by note and coin; a difference asks why."""
    session = session_for(request.viewer, uid)
    if not session.is_open:
        return redirect("finance:session", uid=uid)
    form = CloseSessionForm(request.POST or None, holdings=expected_in(session))
    try:
        if request.method == "POST" and form.is_valid():
            close_session(
                session, counts=form.counts(), note=form.cleaned_data["note"], by=request.viewer
            )
            return redirect("finance:session", uid=uid)
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/session_close.html",
        {"form": form, "session": session},
        status=form.status,
    )


@page(permission="finance.read_receipts", module="finance")
@require_GET
def session_paper(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The closing sheet as a paper."""
    session = session_for(request.viewer, uid)
    return HttpResponse(closing_sheet(session, by=request.viewer), content_type="application/pdf")
