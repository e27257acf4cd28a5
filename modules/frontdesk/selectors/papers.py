"""Papers on file that may be used again for a request."""

from __future__ import annotations

from datetime import timedelta

from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.frontdesk.models import Request, RequestPaper
from modules.frontdesk.selectors.asking import party_family
from modules.frontdesk.selectors.requests import reusable_papers


def offered_again(viewer: Viewer, request: Request) -> list[RequestPaper]:
    """Valid papers of the applicant that the service accepts again, each young enough for its requirement."""
    asked = [one for one in request.design_asked.papers if one.reuse_days]
    if not asked or request.applicant_id is None:
        return []
    on = today()
    oldest = on - timedelta(days=max(one.reuse_days for one in asked))
    types = {code for one in asked for code in one.accepted}
    found = reusable_papers(
        viewer,
        party_ids=party_family(request.applicant_id),
        types=types,
        issued_after=oldest,
        on=on,
    )
    days = {code: one.reuse_days for one in asked for code in one.accepted}
    return [
        one
        for one in found
        if one.created_at.date() >= on - timedelta(days=days[one.document_type])
        and one.request_id != request.pk
    ]
