"""The offline desk: its shell and what the browser keeps of it, and the supervisor's page of blocks."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from frontend import assets
from frontend.face import Face
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from modules.frontdesk.offline_pack import offline_pack
from modules.frontdesk.pages.offline_forms import BlocksForm
from modules.frontdesk.selectors.offline import (
    blocks_of,
    people_remembered,
    takings_without_number,
)


@require_safe
@page(permission="frontdesk.open", module="frontdesk")
def shell(request: DeskRequest) -> HttpResponse:
    """The page that works without a line. It holds nothing of any person, of the reader neither: a browser keeps it."""
    return HttpResponse(_shell(request))


@require_safe
@page(permission="frontdesk.open", module="frontdesk")
def worker(request: DeskRequest) -> HttpResponse:
    """The service worker with the list of what it keeps; another build, language or catalogue is another worker."""
    face = Face(request)
    kept = [
        reverse("frontdesk:offline"),
        *assets.built_files(assets.OFFLINE),
        *assets.built_files(face.stylesheet),
        assets.asset_url(assets.ICONS),
        *(one for one in (face.colours_url, face.emblem_url) if one),
    ]
    pack = offline_pack(request.viewer)
    told = json.dumps([kept, face.language, pack["mark"], _shell(request)], sort_keys=True)
    facts = {
        "version": hashlib.sha256(told.encode()).hexdigest()[:16],
        "shell": reverse("frontdesk:offline"),
        "pack": reverse("frontdesk:offline-pack"),
        "files": kept,
    }
    response = HttpResponse(
        f"self.KEPT = {json.dumps(facts)};\n{assets.built_text(assets.OFFLINE_WORKER)}",
        content_type="text/javascript; charset=utf-8",
    )
    response["Service-Worker-Allowed"] = "/"
    # Asked for after every page of the desk: ten minutes from the browser's own cache, then anew.
    response["Cache-Control"] = "private, max-age=600"
    return response


@require_safe
@page(permission="frontdesk.open", module="frontdesk")
def pack(request: DeskRequest) -> HttpResponse:
    """The catalogue with its forms. Asked with the mark that is there already, it costs a line and no more."""
    found = offline_pack(request.viewer)
    mark = f'"{found["mark"]}"'
    unchanged = get_conditional_response(request, etag=mark)
    response: HttpResponse = JsonResponse(found) if unchanged is None else unchanged  # type: ignore[assignment]
    response["ETag"] = mark
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@page(permission="frontdesk.open", module="frontdesk")
def persons(request: DeskRequest) -> HttpResponse:
    """Whom this clerk served lately. The browser seals it at once; no cache ever holds it."""
    return JsonResponse(
        {
            "persons": [
                {
                    "uid": str(one.uid),
                    "name": str(one.full_name),
                    "id_number": one.id_number,
                    "phone": one.phone,
                }
                for one in people_remembered(request.viewer)
            ]
        }
    )


@require_safe
@page(permission="frontdesk.see_all", module="frontdesk")
def blocks(request: DeskRequest) -> HttpResponse:
    """What was taken without a line, by whom; numbers used, given back, and printed without having come."""
    form = BlocksForm(request.GET or None)
    valid = form.is_valid()
    since = (form.cleaned_data.get("since") if valid else None) or today() - timedelta(days=6)
    until = (form.cleaned_data.get("until") if valid else None) or today()
    if form.is_bound and not valid:
        since = until = today()
    rows = blocks_of(request.viewer, since=since, until=until)
    without = takings_without_number(request.viewer, since=since, until=until)
    context = {
        "form": form if form.is_bound else BlocksForm(initial={"since": since, "until": until}),
        "rows": rows,
        "without": without,
        "taken": sum(len(one.takings) for one in rows) + len(without),
        "unsent": sum(len(one.unsent) for one in rows),
        "waiting": sum(one.block.waiting for one in rows),
        "open": sum(row.is_open for one in rows for row in one.takings),
        "since": since,
        "until": until,
    }
    return render(
        request,
        "frontdesk/offline/blocks.html",
        context,
        status=422 if form.is_bound and not valid else 200,
    )


def _shell(request: DeskRequest) -> str:
    return render_to_string("frontdesk/offline/desk.html", {"face": Face(request)})
