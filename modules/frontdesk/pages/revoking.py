"""Take an issued document back, with the reason that the citizen is told."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontend.pages import DeskRequest, page
from kernel.errors import Refusal
from modules.frontdesk.errors import OutputNotIssued
from modules.frontdesk.forms import ReasonForm
from modules.frontdesk.pages.requests import act_page
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services.revoking import revoke_output


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="printing.revoke", module="frontdesk")
def revoke(request: DeskRequest, uid: UUID) -> HttpResponse:
    found = request_for(request.viewer, uid)
    if found.document is None:
        raise OutputNotIssued()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            revoke_output(uid, reason=form.cleaned_data["reason"], by=request.viewer)
            messages.success(
                request,
                _("Document %(number)s is revoked; whoever scans it reads so.")
                % {"number": found.document.number},
            )
            return redirect("frontdesk:request", uid=uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return act_page(
        request, found, form, title=_("Revoke the document"), submit=_("Revoke"), danger=True
    )
