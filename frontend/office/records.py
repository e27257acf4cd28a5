"""The records of the system: messages sent, the trail of changes, number books."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.office.forms import VoidForm
from frontend.office.reading import changes_of, number_books, withheld_rows
from frontend.office.tables import OutboxFilter, OutboxTable, TrailFilter
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.audit.selectors import trail
from kernel.errors import Refusal
from kernel.notifications.selectors import outbox
from kernel.notifications.services import send_again
from kernel.numbering.services import void

A_PAGE = 40


@page(permission="notifications.read_outbox")
def messages_sent(request: DeskRequest) -> HttpResponse:
    return list_page(
        request,
        table=OutboxTable,
        queryset=outbox(request.viewer),
        filters=OutboxFilter,
        template="frontend/office/list.html",
        title=_("Messages sent"),
    )


@require_POST
@page(permission="notifications.read_outbox")
def message_again(request: DeskRequest, uid: UUID) -> HttpResponse:
    send_again(request.viewer, uid)
    return redirect("office:outbox")


@page(permission="audit.read")
def audit(request: DeskRequest) -> HttpResponse:
    """Who changed what, newest first; pages are walked by id, so that a long trail stays quick."""
    filters = TrailFilter(request.GET, queryset=trail(request.viewer), request=request)
    pages = Paginator(filters.qs, A_PAGE)
    pages.count = (
        100_000 if filters.qs[A_PAGE * 50 :].exists() else filters.qs[: A_PAGE * 50 + 1].count()
    )  # type: ignore[misc]
    found = pages.get_page(request.GET.get("page"))
    shown = list(found.object_list)
    withheld = withheld_rows(shown, request.viewer)
    entries = [{"entry": one, "changes": changes_of(one, withheld=withheld)} for one in shown]
    return render(
        request,
        "frontend/office/audit.html",
        {"page": found, "entries": entries, "filterset": filters},
    )


@page(permission="profile.manage")
def numbers(request: DeskRequest) -> HttpResponse:
    """Every number book with its last number; a number that carries nothing is struck out with a reason."""
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        year = request.POST.get("year", "0")
        try:
            void(
                request.POST.get("series", ""),
                year=int(year) if year.isdecimal() and len(year) == 4 else 0,
                book=request.POST.get("book", ""),
                by=request.viewer,
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The number was struck out."))
            return redirect("office:numbers")
    context = {"form": form, "books": number_books()}
    return render(request, "frontend/office/numbers.html", context, status=form.status)
