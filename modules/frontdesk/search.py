"""Requests in the one box: by number, whole (2026/00417) or its last part (417)."""

from __future__ import annotations

from django.urls import reverse

from kernel.search import Hit
from kernel.viewer import Viewer
from modules.frontdesk.selectors.numbers import meant_numbers
from modules.frontdesk.selectors.requests import knows_applicant, requests_list


def find_requests(viewer: Viewer, text: str, limit: int) -> list[Hit]:
    """Requests whose number is meant, of this year and the last when no year is typed."""
    numbers = meant_numbers(text)
    if not numbers or not viewer.is_staff:
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
            score=1.0 if one.number == text.strip() else 0.9,
        )
        for one in found
    ]
