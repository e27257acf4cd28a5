"""Integrators' keys: who uses the municipality's interface, for what, until when."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.forms import once_for
from frontend.office.key_form import KeyForm
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.ports import ask
from kernel.ports.keys import KeyPort


@page(permission="api.manage_clients")
def keys(request: DeskRequest) -> HttpResponse:
    """The keys, and the form for another. The new key's text is on the answer to the form and nowhere else."""
    port = ask(KeyPort)
    form = KeyForm(request.POST or None, viewer=request.viewer, scopes=port.scopes(), on=today())
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "office.key") as once:
                if once.replayed:
                    messages.warning(
                        request,
                        _(
                            "The key was made already, and its text was shown then. Withdraw it and make another if it is lost."
                        ),
                    )
                    return once.redirect()
                text = port.issue(by=request.viewer, **form.cleaned_data)
                once.redirect(request.path)
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            answer = render(
                request,
                "frontend/office/key_made.html",
                {"name": form.cleaned_data["name"], "text": text},
            )
            answer["Cache-Control"] = "no-store"
            return answer
    context = {"form": form, "keys": port.keys(request.viewer)}
    return render(request, "frontend/office/keys.html", context, status=form.status)


@require_POST
@page(permission="api.manage_clients")
def key_withdraw(request: DeskRequest, uid: UUID) -> HttpResponse:
    ask(KeyPort).withdraw(uid, reason=request.POST.get("reason", "").strip(), by=request.viewer)
    messages.success(request, _("The key opens nothing any more."))
    return redirect("office:keys")
