"""What the autosave of a form talks to."""

from __future__ import annotations

import json

from django.http import HttpResponse, JsonResponse

from frontend.drafts.services import draft_of, drop_draft, keep_draft
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import now_local
from kernel.errors import InvalidInput


@page()
def draft(request: DeskRequest, key: str) -> HttpResponse:
    """GET gives the draft or 204, POST keeps it, DELETE drops it."""
    if request.method == "DELETE":
        drop_draft(key, by=request.viewer)
        return HttpResponse(status=204)
    if request.method == "POST":
        kept = keep_draft(key, _payload(request), by=request.viewer)
        return JsonResponse(
            {"saved_at": kept.saved_at.isoformat(), "clock": f"{now_local():%H:%M}"}
        )
    found = draft_of(request.viewer, key)
    if found is None:
        return HttpResponse(status=204)
    clock = found.saved_at.astimezone(now_local().tzinfo)
    return JsonResponse({"payload": found.payload, "clock": f"{clock:%H:%M}"})


def _payload(request: DeskRequest) -> dict[str, object]:
    try:
        payload = json.loads(request.body)
    except (ValueError, UnicodeDecodeError):
        raise InvalidInput() from None
    if not isinstance(payload, dict):
        raise InvalidInput()
    return payload
