"""The municipality's colour as a small stylesheet, and its emblem: for everybody, cached by their own addresses."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from frontend.colours import BLACK, band_of, mix
from frontend.pages import PublicRequest, public_page
from kernel.profile.selectors import profile

FOR_A_YEAR = "public, max-age=31536000, immutable"


@require_safe
@public_page()
def colours(request: PublicRequest) -> HttpResponse:
    """The band in the municipality's colour, darkened until white text on it is easy to read."""
    band = band_of(profile().primary_colour) or {}
    light = ";".join(f"--{name}:{value}" for name, value in band.items())
    dark = ";".join(
        f"--{name}:{mix(value, BLACK, 0.45)}"
        for name, value in band.items()
        if name in {"band", "band-field"}
    )
    css = f':root{{{light}}}[data-bs-theme="dark"]{{{dark}}}' if band else ""
    return HttpResponse(
        css, content_type="text/css; charset=utf-8", headers={"Cache-Control": FOR_A_YEAR}
    )
