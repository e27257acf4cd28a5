"""Requests in the one box: by number, whole (2026/00417) or its last part (417), or by an offline slip (OFF-D7-0231)."""

from __future__ import annotations

from django.urls import reverse

from kernel.search import Hit
from kernel.viewer import Viewer
from modules.frontdesk.selectors.numbers import meant_numbers, meant_slip
from modules.frontdesk.selectors.offline import request_of_slip
from modules.frontdesk.selectors.requests import knows_applicant, requests_list


def find_requests(viewer: Viewer, text: str, limit: int) -> list[Hit]:
    """Requests whose number is meant, of this year and the last when no year is typed."""
    if not viewer.is_staff:
        return []
    numbers, slip = meant_numbers(text), meant_slip(text)
    if slip is not None:
        received = request_of_slip(slip)
        numbers = [received.number] if received is not None and received.number else []
    if not numbers:
        return []
    found = requests_list(viewer).filter(number__in=numbers)[:limit]
    return [
        Hit(
            title=one.number or "",
            subtitle=" · ".join(
                part
                for part in (
                    str(one.service_version.title),
                    str(one.applicant.full_name)
                    if one.applicant and knows_applicant(viewer, one)
                    else "",
                    one.get_state_display(),
                )
                if part
            ),
            url=reverse("frontdesk:request", args=[one.uid]),
            kind="request",
            icon="file-text",
            score=1.0 if slip is not None or one.number == text.strip() else 0.9,
        )
        for one in found
    ]
