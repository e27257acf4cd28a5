"""The last turn of a request from the web: accepted with its draft, or rejected. Private to `services`."""

from __future__ import annotations

from django.utils import timezone

from kernel.events.services import emit
from kernel.viewer import Viewer
from modules.frontdesk.constants import IdentityMatch, OnlineState
from modules.frontdesk.errors.online import NotWaitingToVerify
from modules.frontdesk.events import OnlineRequestAccepted, OnlineRequestRejected
from modules.frontdesk.models import OnlineRequest, Request


def lock_waiting(request: Request) -> OnlineRequest | None:
    """The web side of a draft, held, while it waits for the desk; None for a draft that has none.

    Refuses `NotWaitingToVerify` while the citizen still has it, or once it was rejected.
    """
    online = OnlineRequest.objects.select_for_update().filter(request=request).first()
    if online is not None and online.state != OnlineState.WAITING:
        raise NotWaitingToVerify(reference=online.reference, state=online.get_state_display())
    if online is not None:
        online.request = request
    return online


def settle_online(
    online: OnlineRequest,
    state: OnlineState,
    *,
    number: str = "",
    reason_code: str = "",
    text: str = "",
    by: Viewer,
) -> None:
    """Write what came of it, by whom and when, and say so."""
    online.state = state
    if online.request.applicant_id is not None and online.match == IdentityMatch.NONE:
        online.match, online.matched_by_name = IdentityMatch.CLERK, by.name
    online.reason_code, online.text = reason_code, text
    online.verified_at = timezone.now()
    online.verified_by_id, online.verified_by_name = by.user_id, by.name
    online.save()
    told = (str(online.uid), str(online.request.uid), online.reference)
    if state == OnlineState.ACCEPTED:
        emit(OnlineRequestAccepted(*told, number), by=by)
    else:
        emit(OnlineRequestRejected(*told, reason_code), by=by)
