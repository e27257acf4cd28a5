"""Which modules are on in this municipality."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.pages import DeskRequest, page
from kernel import registry
from kernel.activation.services import active_codes
from kernel.errors import NotVisible, Refusal
from kernel.profile.planting import switch_module as switch


@page(permission="activation.switch")
def modules(request: DeskRequest) -> HttpResponse:
    active = active_codes()
    shown = [
        {
            "module": one,
            "is_on": one.code in active,
            "needs": [registry.module(code).title for code in one.depends_on],
            "needed_by": [
                other.title
                for other in registry.modules()
                if one.code in other.depends_on and other.code in active
            ],
        }
        for one in registry.modules()
        if one.optional and one.house != "hub"
    ]
    return render(request, "frontend/office/modules.html", {"modules": shown})


@require_POST
@page(permission="activation.switch")
def switch_module(request: DeskRequest, code: str) -> HttpResponse:
    """Switch one on or off. What it wrote stays; while it is off nothing of it is shown or answered."""
    if code not in {one.code for one in registry.modules()}:
        raise NotVisible()
    wanted = request.POST.get("on") == "1"
    try:
        switch(code, on=wanted, by=request.viewer, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = _("%(module)s is on.") if wanted else _("%(module)s is off.")
        messages.success(request, told % {"module": registry.module(code).title})
    return redirect("office:modules")
