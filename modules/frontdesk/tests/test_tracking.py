"""Citizens without an account: the guide, and where their request is, in plain words, with few tries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kernel.viewer import Viewer
from modules.frontdesk.errors import TooManyTries, TrackingFailed
from modules.frontdesk.selectors.tracking import track_request
from modules.frontdesk.services import DeficiencyInput, return_to_citizen
from modules.frontdesk.tests.factories import COMPLAINT, PETITION, step, submitted


@pytest.fixture(autouse=True)
def _no_tries(town: str) -> None:
    cache.clear()


@pytest.fixture
def petition(amal: Viewer, nour: Any) -> Any:
    return submitted("FD-001", by=amal, applicant=nour, answers=PETITION)


@pytest.mark.parametrize("number", ["2026/00001", "2026/1", "1", "٢٠٢٦/١", " 2026-00001 "])
@pytest.mark.parametrize("phone", ["0599123456", "+970599123456", "٠٥٩٩١٢٣٤٥٦", "0599 123 456"])
def test_the_number_and_the_telephone_are_read_as_people_type_them(
    petition: Any, number: str, phone: str
) -> None:
    assert track_request(number=number, phone=phone).number == "2026/00001"


def test_nothing_is_said_of_who_asked_or_of_what_the_sections_wrote(
    petition: Any, client_for: Callable[..., Client], nour: Any
) -> None:
    page = client_for().post(
        reverse("frontdesk-citizen:track"), {"number": "2026/00001", "phone": "0599123456"}
    )
    assert page.status_code == 200
    text = page.content.decode()
    assert "طلب عام" in text
    for secret in (nour.full_name, nour.id_number, "إنارة شارع 41"):
        assert secret not in text


def test_a_wrong_telephone_and_a_wrong_number_get_the_same_answer(petition: Any) -> None:
    with pytest.raises(TrackingFailed) as wrong_phone:
        track_request(number="1", phone="0599000000")
    with pytest.raises(TrackingFailed) as wrong_number:
        track_request(number="77", phone="0599123456")
    assert str(wrong_phone.value) == str(wrong_number.value)


def test_a_number_is_tried_five_times_and_others_behind_the_same_address_go_on(
    petition: Any, amal: Viewer, nour: Any
) -> None:
    second = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    for _ in range(5):
        with pytest.raises(TrackingFailed):
            track_request(number="1", phone="0599000000", address="10.0.0.1")
    with pytest.raises(TooManyTries):
        track_request(number="1", phone="0599123456", address="10.0.0.1")
    assert (
        track_request(number=second.number, phone="0599123456", address="10.0.0.1").number
        == second.number
    )


def test_the_citizen_reads_what_to_bring(petition: Any, staff: Callable[[str], Viewer]) -> None:
    return_to_citizen(
        petition.uid,
        step(petition, "check").uid,
        deficiencies=[DeficiencyInput("unreadable_paper", "identity_card", "الصورة معتمة")],
        by=staff("hanan"),
    )
    told = track_request(number="1", phone="0599123456")
    assert told.kind == "warn"
    assert told.todo == ("صورة الهوية الشخصية: الصورة معتمة",)


def test_a_hidden_complaint_is_tracked_by_its_telephone_like_any_other(
    amal: Viewer, nour: Any
) -> None:
    submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT, is_hidden=True)
    assert track_request(number="1", phone="0599123456").service == "شكوى عامة"


def test_the_guide_is_open_to_anybody_and_names_papers_fee_and_days(
    client_for: Callable[..., Client],
) -> None:
    visitor = client_for()
    guide = visitor.get(reverse("frontdesk-citizen:guide")).content.decode()
    assert "طلب خلو طرف" in guide
    page = visitor.get(reverse("frontdesk-citizen:service", args=["FD-004"])).content.decode()
    assert "صورة الهوية الشخصية" in page
    assert "10.00" in page
    assert visitor.get(reverse("frontdesk-citizen:service", args=["CO-007"])).status_code == 404
    assert visitor.get(reverse("frontdesk-citizen:service", args=["PL-021"])).status_code == 404


def test_when_the_front_desk_is_off_its_doors_are_not_there(
    client_for: Callable[..., Client], system: Viewer
) -> None:
    from kernel.activation.services import switch

    switch("frontdesk", on=False, by=system)
    assert client_for().get(reverse("frontdesk-citizen:guide")).status_code == 404
    assert client_for("amal").get(reverse("frontdesk:inbox")).status_code == 404
