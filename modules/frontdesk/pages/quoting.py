"""What it will cost, before anything is filed: shown to the clerk, printed for the citizen."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.terms import term
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.quotation_paper import told_fee
from modules.frontdesk.selectors.quoting import quotation_of
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import print_quotation


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.open", module="frontdesk")
def quotation(request: DeskRequest, uid: UUID) -> HttpResponseBase:
    """The fees of a draft as far as they are known, the papers and the days; sent, the sheet under its number."""
    found = request_for(request.viewer, uid)
    if not found.is_draft:
        return redirect("frontdesk:request", uid=uid)
    if request.method == "POST":
        document, _quoted = print_quotation(uid, by=request.viewer)
        file = document.file
        return FileResponse(file.open(), content_type="application/pdf", filename=file.name)
    return _shown(request, found)


def _shown(request: DeskRequest, found: Request) -> HttpResponse:
    quoted = quotation_of(found, on=today())
    context = {
        "found": found,
        "design": found.design,
        "quoted": quoted,
        "quotation_word": term("fee_quotation"),
        "fees": [(one, "" if one.amount is not None else told_fee(one)) for one in quoted.fees],
        "papers": [(paper_title(one.code), one.note, must) for one, must in quoted.papers],
    }
    return render(request, "frontdesk/quotation.html", context)
