"""A demonstration town's desk shows requests at every turn."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from kernel.calendar.selectors import today
from kernel.parties.services import register_person
from kernel.places.holdings import record_holding
from kernel.testing.people import seat_person
from kernel.viewer import Viewer
from modules.frontdesk import demo
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.tests.factories import parcel


def test_the_demonstration_fills_the_desk_once(town: str, system: Viewer) -> None:
    for username, section, role in (
        ("lina", "legal", "section_officer"),
        ("rana", "surveying", "section_engineer"),
    ):
        seat_person(
            username=username, name_ar=username, name_en=username, role=role, section=section
        )
    people: list[Any] = [
        register_person(
            given_name="سامي", father_name="خالد", grandfather_name="علي", family_name="أبو " + "ابتثجحخدذرزسشصضطظعغفقكلم"[number],
            id_number=f"9{number:08d}", by=system,
        )
        for number in range(24)
    ]  # fmt: skip
    for number in range(3):
        record_holding(
            people[number],
            parcel(by=system, parcel_no=str(number + 1)),
            relation="owner",
            share=Fraction(1),
            by=system,
        )
    demo.plant()
    demo.plant()
    states = Counter(Request.objects.values_list("state", flat=True))
    assert states["completed"] == 1
    assert states["missing_items"] == 1
    assert states["approved"] == 1
    assert {"submitted", "in_progress", "waiting_payment", "draft"} <= set(states)
    assert Request.objects.filter(is_hidden=True).count() == 1
    late = RequestStep.objects.filter(state="open", due_on__lt=today())
    assert 2 <= late.count() < RequestStep.objects.filter(state="open").count()
