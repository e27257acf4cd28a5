"""What the offline desk says to the server when there is a line: who sits, papers, requests, numbers given up.

All of it is JSON of our own script. A refusal carries its sentence, its fields and, where a person is doubtful, whom to
choose from: the script keeps what was taken and shows it for correction.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, BinaryIO, cast

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.http import require_POST

from frontend.pages import DeskRequest, page
from frontend.refusals import status_of
from kernel.errors import InvalidInput, Refusal
from kernel.files.selectors import own_file_with
from kernel.files.services import store_file
from kernel.tenancy.keys import town_key
from modules.frontdesk.errors.offline import PersonDoubtful
from modules.frontdesk.offline_pack import MOST_FILE_BYTES
from modules.frontdesk.offline_reading import read_json, read_taken, read_told
from modules.frontdesk.selectors.offline import stopped_of
from modules.frontdesk.services.offline import give_up, receive_offline
from modules.frontdesk.services.offline_blocks import sit_down, stand_up

Answer = Callable[..., HttpResponse]


def _in_json(view: Answer) -> Answer:
    """Refusals as JSON with all that the script needs to let the clerk correct it."""

    @wraps(view)
    def answered(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            told: dict[str, Any] = {"code": refusal.code, "sentence": str(refusal)}
            if isinstance(refusal, InvalidInput):
                told["errors"] = {
                    name: [str(one) for one in many] for name, many in refusal.errors.items()
                }
            if isinstance(refusal, PersonDoubtful):
                told["alike"] = list(refusal.alike)
            return JsonResponse(told, status=status_of(refusal))

    return answered


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
@_in_json
def seat(request: DeskRequest) -> HttpResponse:
    """Sit down (or stand up, with `leaving`): the numbers to print, and the secret that opens this computer's store.

    With `asking` it only says who is logged in. The secret belongs to this person, this computer and this municipality. It is never kept by the browser.
    """
    sent = read_json(request.body)
    if sent.get("asking") is True:
        return JsonResponse({"owner": str(request.user.uid)})
    store, told, waiting = read_told(sent)
    if sent.get("leaving") is True:
        return JsonResponse({"returned": stand_up(store, told=told, by=request.viewer)})
    blocks = sit_down(store, told=told, waiting=waiting, by=request.viewer)
    return JsonResponse(
        {
            "owner": str(request.user.uid),
            "name": request.viewer.name,
            "token": get_token(request),
            "secret": town_key(f"offline-desk:{request.user.uid}:{store}"),
            "blocks": [
                {
                    "uid": str(one.uid),
                    "first": one.first,
                    "last": one.last,
                    "printed_to": one.printed_to,
                    "label": one.label(0)[:-4],
                    "day": one.day.isoformat(),
                }
                for one in blocks
            ],
            "stopped": [
                {
                    "provisional": row.taking.provisional,
                    "reason": row.taking.reason,
                    "url": reverse("frontdesk:draft", args=[row.request.uid]),
                }
                for row in stopped_of(request.viewer)
                if row.request is not None
            ],
        }
    )


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
@_in_json
def papers(request: DeskRequest) -> HttpResponse:
    """Keep a paper before its request comes; the same bytes again are the same paper."""
    upload = request.FILES.get("file")
    if upload is None:
        raise InvalidInput(field="file")
    found = own_file_with(request.viewer, request.POST.get("sha256", ""))
    stored = found or store_file(
        cast(BinaryIO, upload),
        upload.name or "",
        request.viewer,
        most_bytes=MOST_FILE_BYTES,
        without_traces=True,
    )
    return JsonResponse({"sha256": stored.sha256})


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
@_in_json
def send(request: DeskRequest) -> HttpResponse:
    """One request whole, under the Idempotency-Key of its form."""
    taken = read_taken(read_json(request.body), key=request.headers.get("Idempotency-Key", ""))
    done = receive_offline(taken, by=request.viewer)
    name = "request" if done["outcome"] == "accepted" else "draft"
    return JsonResponse({**done, "url": reverse(f"frontdesk:{name}", args=[done["request"]])})


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
@_in_json
def void(request: DeskRequest) -> HttpResponse:
    """A number that was printed and will never become a request, with the reason."""
    sent = read_json(request.body)
    reason = sent.get("reason")
    if not isinstance(reason, str) or not reason.strip() or len(reason) > 500:
        raise InvalidInput(field="reason")
    taken = read_taken(sent, key=request.headers.get("Idempotency-Key", ""))
    give_up(taken, reason=reason.strip(), by=request.viewer)
    return JsonResponse({"outcome": "void"})
