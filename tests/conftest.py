"""The people of the journeys: every section on the routes has somebody, and each sits at a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kernel.identity.models import User
from kernel.testing.people import seat_person
from tests.journeys.reading import Browser

# (user name, Arabic, English, role, section), beside those whom tests/plugin.py seats.
COLLEAGUES = (
    ("jamal", "جمال اللحام", "Jamal", "section_officer", "collection"),
    ("lina", "لينا صالح", "Lina", "section_officer", "legal"),
    ("rana", "رنا بربخ", "Rana", "section_engineer", "surveying"),
    ("tarek", "طارق العقاد", "Tarek", "section_head", "planning"),
    ("ines", "إيناس فروانة", "Ines", "section_officer", "inspection"),
    ("walid", "وليد القدرة", "Walid", "section_officer", "public_works"),
)


@pytest.fixture
def at(town: str, client_for: Callable[..., Client]) -> Callable[[str], Browser]:
    """`at("amal")`: Amal at her browser; `at("")`: a citizen without an account."""
    browsers: dict[str, Browser] = {}

    def sit(username: str) -> Browser:
        if username not in browsers:
            for name, name_ar, name_en, role, section in COLLEAGUES:
                if name == username and not User.objects.filter(username=name).exists():
                    seat_person(
                        username=name, name_ar=name_ar, name_en=name_en, role=role, section=section
                    )
            browsers[username] = Browser(client_for(username))
        return browsers[username]

    return sit
