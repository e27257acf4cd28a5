"""Giving out files: only to who may open them, never run by the browser, never kept by it."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend.pages import DeskRequest, PublicRequest, page, public_page
from kernel.errors import NotVisible
from kernel.files.models import StoredFile
from kernel.files.selectors import file_for
from kernel.files.thumbnails import thumbnail
from kernel.profile.selectors import profile
from kernel.viewer import Viewer

# Shown inside a page; everything else is handed over to be saved.
SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp", "image/gif"})
PDF = "application/pdf"
_NOTHING = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
# The browser's PDF reader does not open inside a sandbox; it runs apart from the page anyway.
POLICY = {PDF: _NOTHING}
SANDBOX = f"{_NOTHING}; sandbox"
THUMB_WIDTH = 352


@require_safe
@page()
def stored(request: DeskRequest, uid: UUID) -> HttpResponseBase:
    """The file's bytes, shown where that is safe, saved with `?download`."""
    return give(file_for(request.viewer, uid), download="download" in request.GET)


@require_safe
@page()
def thumb(request: DeskRequest, uid: UUID) -> HttpResponse:
    """A small picture of the first page. A file never changes, so this one may be kept for a day by its reader."""
    picture = thumbnail(file_for(request.viewer, uid), width=THUMB_WIDTH)
    return HttpResponse(
        picture,
        content_type="image/png",
        headers={"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"},
    )


@require_safe
@page()
def preview(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The preview as a part of a page: the reader of the browser, a picture, or a link to save."""
    found = file_for(request.viewer, uid)
    return render(
        request,
        "frontend/files/preview.html",
        {"file": found, "is_pdf": found.media_type == PDF, "is_shown": found.media_type in SHOWN},
    )


@require_safe
@public_page()
def emblem(request: PublicRequest) -> HttpResponseBase:
    """The municipality's emblem, for everybody; its address changes with it."""
    wanted = profile().emblem
    if wanted is None:
        raise NotVisible()
    response = give(file_for(Viewer.system("emblem"), wanted))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def give(file: StoredFile, *, download: bool = False) -> HttpResponseBase:
    """A file as a response with every guard: type as sniffed at upload, no script, no cache, no guessing."""
    shown = file.media_type in SHOWN and not download
    response = FileResponse(
        file.open(),
        as_attachment=not shown,
        filename=file.name,
        content_type=file.media_type
        if shown or file.media_type in SHOWN
        else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = POLICY.get(file.media_type, SANDBOX)
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
