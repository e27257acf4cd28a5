"""A point on the ground: typed or chosen, kept as an answer, shown on the map to those who see the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kernel.audit.recording import recorded
from kernel.viewer import Viewer
from modules.frontdesk.answers import clean_answer
from modules.frontdesk.definitions import Field, Words
from modules.frontdesk.errors import AnswersInvalid
from modules.frontdesk.models import Request
from modules.frontdesk.points import ElsewhereOnEarth, NotAPoint, centre_of, read_point
from modules.frontdesk.services import save_answers
from modules.frontdesk.tests.factories import COMPLAINT, draft, fresh, submitted

Staff = Callable[[str], Viewer]
AT = "31.346300,34.303100"
MAP_STATEMENTS = 9


@pytest.mark.parametrize(
    "typed",
    [
        "31.3463,34.3031",
        "31.3463 34.3031",
        "٣١٫٣٤٦٣، ٣٤٫٣٠٣١",
        " 31.3463 ; 34.3031 ",
        "31.34630049, 34.3031",
    ],
)
def test_a_point_is_read_however_it_is_typed(typed: str) -> None:
    assert str(read_point(typed)) == AT


@pytest.mark.parametrize("typed", ["", "31.3463", "شارع 5", "31.3,34.3,2", "NaN,34.3", "1e9999,34"])
def test_what_is_no_point_is_refused(typed: str) -> None:
    with pytest.raises((NotAPoint, ElsewhereOnEarth)):
        read_point(typed)


def test_numbers_typed_the_wrong_way_round_are_refused_not_turned() -> None:
    with pytest.raises(ElsewhereOnEarth):
        read_point("34.3031, 31.3463")


def test_an_answer_keeps_six_decimals() -> None:
    field = Field("point", "point", Words("النقطة"))
    assert clean_answer(field, "31.3463, 34.3031") == AT
    assert clean_answer(field, "") is None


def test_a_map_begins_in_the_middle_of_the_governorate() -> None:
    assert str(centre_of("خان يونس", gaza=True)) == "31.34,34.30"
    assert str(centre_of("لا أحد", gaza=False)) == "31.95,35.22"


def test_a_complaint_stands_on_the_map_where_its_point_is(amal: Viewer, nour: Any) -> None:
    made = submitted("FD-002", by=amal, applicant=nour, answers={**COMPLAINT, "point": AT})
    assert fresh(made).point == AT
    without = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT)
    assert fresh(without).point == ""


def test_a_point_that_is_taken_back_leaves_the_map(amal: Viewer, nour: Any) -> None:
    made = draft("FD-002", by=amal, applicant=nour, answers={**COMPLAINT, "point": AT})
    save_answers(made.uid, answers=COMPLAINT, by=amal)
    assert fresh(made).point == ""
    with pytest.raises(AnswersInvalid):
        save_answers(made.uid, answers={**COMPLAINT, "point": "هناك"}, by=amal)


def test_the_database_keeps_no_half_a_point(amal: Viewer, nour: Any) -> None:
    made = draft("FD-002", by=amal, applicant=nour, answers=COMPLAINT)
    with pytest.raises(IntegrityError), transaction.atomic(), recorded(by=amal):
        Request.objects.filter(pk=made.pk).update(latitude="31.3")


def test_the_map_shows_what_the_viewer_may_see_and_names_no_hidden_complainant(
    amal: Viewer, nour: Any, staff: Staff, client_for: Callable[..., Client],
    count_queries: Callable[[], Any],
) -> None:  # fmt: skip
    shown = submitted(
        "FD-002", by=amal, applicant=nour, answers={**COMPLAINT, "point": AT}, is_hidden=True
    )
    staff("ines"), staff("rami")
    url = reverse("frontdesk:map")
    browser = client_for("ines")
    browser.get(url)
    with count_queries() as seen:
        page = browser.get(url).content.decode()
    assert len(seen) <= MAP_STATEMENTS
    assert shown.number in page
    assert f'data-point="{AT}"' in page
    assert "نفايات ونظافة" in page
    assert "نور" not in page
    assert shown.number not in client_for("rami").get(url).content.decode()
    sheet = browser.get(url + "?export=xlsx")
    assert sheet.status_code == 200


def test_latitude_and_longitude_are_typed_where_there_is_no_script(
    amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    made = draft("FD-002", by=amal, applicant=nour, answers=COMPLAINT)
    browser = client_for("amal")
    url = reverse("frontdesk:draft", args=[made.uid])
    assert 'name="answers-point-lat"' in browser.get(url).content.decode()
    typed = {f"answers-{code}": answer for code, answer in COMPLAINT.items()}
    typed |= {
        "applicant": str(nour.uid),
        "answers-point-lat": "٣١٫٣٤٦٣",
        "answers-point-lng": "34.3031",
    }
    assert browser.post(url, typed).status_code == 302
    assert fresh(made).point == AT
    wrong = browser.post(url, {**typed, "answers-point-lat": "34.3", "answers-point-lng": "31.3"})
    assert wrong.status_code == 422
    assert 'value="34.3"' in wrong.content.decode()
    half = browser.post(url, {**typed, "answers-point-lng": ""})
    assert half.status_code == 422


def test_the_requests_page_has_its_point_for_those_without_a_map(
    amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    made = submitted("FD-002", by=amal, applicant=nour, answers={**COMPLAINT, "point": AT})
    page = client_for("amal").get(reverse("frontdesk:request", args=[made.uid])).content.decode()
    assert f"geo:{AT}" in page
