"""The archive's people in Khan Yunis: Abeer keeps it, Rana reads for planning, Lina for the legal section."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine

from kernel.identity.models import User
from kernel.organisation.models import Section
from kernel.organisation.selectors import section_by_code, viewer_for
from kernel.testing.people import seat_person
from kernel.viewer import Viewer

STAFF = {
    "abeer": ("عبير أبو طعيمة", "Abeer", "archivist", "central_archive"),
    "rana": ("رنا البيوك", "Rana", "archive_reader", "planning"),
    "lina": ("لينا القدرة", "Lina", "archive_reader", "legal"),
}


@pytest.fixture(autouse=True)
def sunday() -> Iterator[time_machine.Traveller]:
    """Sunday 6 December 2026, 09:00 in Khan Yunis."""
    with time_machine.travel("2026-12-06T07:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def staff(town: str) -> Callable[[str], Viewer]:
    """`staff("rana")`: somebody of the archive's stories, seated when first asked for."""

    def named(username: str) -> Viewer:
        user = User.objects.filter(username=username).first()
        if user is None:
            name_ar, name_en, role, section = STAFF[username]
            user = seat_person(
                username=username, name_ar=name_ar, name_en=name_en, role=role, section=section
            )
        return viewer_for(user, channel="web", request_id=f"test-{username}")

    return named


@pytest.fixture
def abeer(staff: Callable[[str], Viewer]) -> Viewer:
    """The archivist."""
    return staff("abeer")


@pytest.fixture
def rana(staff: Callable[[str], Viewer]) -> Viewer:
    """Reads the papers of planning."""
    return staff("rana")


@pytest.fixture
def lina(staff: Callable[[str], Viewer]) -> Viewer:
    """Reads the papers of the legal section."""
    return staff("lina")


@pytest.fixture
def planning(town: str) -> Section:
    return section_by_code("planning")
