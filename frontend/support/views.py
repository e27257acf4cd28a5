"""Visits of the platform's support, as the municipality sees them: asked, answered, going on, over."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.pages import DeskRequest, PublicRequest, page, public_page
from frontend.support.session import begin
from kernel.errors import NotVisible
from kernel.identity.services import note_sign_in
from kernel.tenancy import current_schema
from kernel.viewer import Viewer
from tenants import support


@page(permission="identity.manage")
def visits_here(request: DeskRequest) -> HttpResponse:
    return render(
        request, "frontend/support/list.html", {"visits": support.visits(current_schema())}
    )


@require_POST
@page(permission="identity.manage")
def answer(request: DeskRequest, number: int, verb: str) -> HttpResponseBase:
    """Approve, refuse, or end a visit that goes on."""
    if verb == "end":
        support.end(number, by=request.viewer)
        messages.success(request, _("The visit was ended."))
    elif verb in {"approve", "refuse"}:
        support.decide(number, approve=verb == "approve", by=request.viewer)
        messages.success(request, _("Your answer was kept."))
    else:
        raise NotVisible()
    return redirect("support:list")


@public_page()
def come_in(request: PublicRequest, ticket: str) -> HttpResponseBase:
    """With a ticket of this minute, signed for this municipality: a session that only looks, and ends by itself."""
    access, user = support.enter(ticket)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    begin(request.session, access)
    note_sign_in(user, by=Viewer(user_id=user.pk, name=user.name_ar, channel="web"))
    return redirect("home:home")
