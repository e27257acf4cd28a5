"""Is this paper genuine? For anybody, without an account, in plain words."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from frontend.pages import PublicRequest, public_page
from kernel.printing.codes import shown_code, typed_code
from kernel.printing.selectors import verification


@require_safe
@public_page()
def ask(request: PublicRequest) -> HttpResponse:
    """Typing the code by hand, where no camera is at hand."""
    code = typed_code(request.GET.get("code", ""))
    if "/" in code:  # no address can carry it, so it was never issued
        return document(request, code=code)
    if code:
        return redirect("verify:document", code=code)
    return render(request, "frontend/verify/ask.html")


@require_safe
@public_page()
def document(request: PublicRequest, code: str) -> HttpResponse:
    """Valid, expired, revoked, or never issued here; with the facts to compare with the paper."""
    found = verification(code)
    shown = shown_code(typed_code(code))
    response = render(
        request,
        "frontend/verify/document.html",
        {"found": found, "code": shown},
        status=200 if found else 404,
    )
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
