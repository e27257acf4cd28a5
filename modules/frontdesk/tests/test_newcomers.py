"""Somebody new is registered inside the draft, in one panel, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.frontdesk.models import Request
from modules.frontdesk.services import open_draft
from modules.frontdesk.tests.factories import PETITION, fresh

RAMI = {
    "new-given_name": "رامي", "new-father_name": "صالح", "new-grandfather_name": "علي", "new-family_name": "النجار",
    "new-id_number": "٩٠١٢٣٤٥٦٦", "new-phone": "0599123457",
}  # fmt: skip
NOUR_AGAIN = {
    "new-given_name": "نور", "new-father_name": "خليل", "new-grandfather_name": "محمد", "new-family_name": "الأسطل",
}  # fmt: skip


@pytest.fixture
def opened(amal: Viewer, town: str) -> Request:
    return open_draft("FD-001", by=amal)


def _send(browser: Client, opened: Request, **more: str) -> Any:
    typed = {f"answers-{code}": answer for code, answer in PETITION.items()}
    return browser.post(reverse("frontdesk:draft", args=[opened.uid]), {**typed, **more})


def test_a_newcomer_is_registered_and_named_and_the_answers_are_kept(
    opened: Request, client_for: Callable[..., Client]
) -> None:
    answer = _send(client_for("amal"), opened, register="1", **RAMI)
    assert answer.status_code == 302
    kept = fresh(opened)
    assert kept.answers == PETITION
    party = Party.objects.get(pk=kept.applicant_id)
    assert (party.given_name, party.id_number) == ("رامي", "901234566")
    assert kept.contact_phone.endswith("599123457")


def test_somebody_alike_is_asked_about_first_and_nothing_typed_is_lost(
    opened: Request, nour: Any, client_for: Callable[..., Client]
) -> None:
    browser = client_for("amal")
    asked = _send(browser, opened, register="1", **NOUR_AGAIN)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert str(nour.uid) in page
    assert PETITION["details"] in page
    assert "هذا الحقل مطلوب" not in page, "nobody asked yet whether the draft is complete"
    assert Party.objects.count() == 1
    taken = _send(browser, opened, use=str(nour.uid), **NOUR_AGAIN)
    assert taken.status_code == 302
    assert fresh(opened).applicant_id == nour.pk
    other = _send(browser, opened, register="other", applicant="", **NOUR_AGAIN)
    assert other.status_code == 302
    assert Party.objects.count() == 2


def test_the_register_refuses_at_the_field_and_the_draft_comes_back_whole(
    opened: Request, nour: Any, client_for: Callable[..., Client]
) -> None:
    browser = client_for("amal")
    nameless = _send(browser, opened, register="1", **{"new-given_name": "رامي"})
    assert nameless.status_code == 422
    assert PETITION["details"] in nameless.content.decode()
    taken = _send(browser, opened, register="other", **{**RAMI, "new-id_number": nour.id_number})
    assert taken.status_code == 422
    assert Party.objects.count() == 1


def test_while_typing_those_alike_are_shown(
    opened: Request, nour: Any, client_for: Callable[..., Client]
) -> None:
    url = reverse("frontdesk:newcomer-similar", args=[opened.uid])
    browser = client_for("amal")
    assert str(nour.uid) in browser.post(url, NOUR_AGAIN).content.decode()
    assert str(nour.uid) not in browser.post(url, RAMI).content.decode()


def test_a_newcomer_comes_as_agent_too(
    opened: Request, nour: Any, client_for: Callable[..., Client]
) -> None:
    _send(
        client_for("amal"),
        opened,
        register="1",
        applicant=str(nour.uid),
        **{**RAMI, "new-role": "agent"},
    )
    kept = fresh(opened)
    assert kept.applicant_id == nour.pk
    assert kept.agent is not None and kept.agent.given_name == "رامي"


def test_without_scripts_an_id_number_typed_into_the_box_names_the_person(
    opened: Request, nour: Any, client_for: Callable[..., Client]
) -> None:
    answer = _send(client_for("amal"), opened, applicant="", applicant_text="٤٠١٢٣٤٥٦٢")
    assert answer.status_code == 302
    assert fresh(opened).applicant_id == nour.pk


def test_what_is_on_file_of_whoever_is_named_later_is_not_asked_again(
    opened: Request, nour: Any, client_for: Callable[..., Client]
) -> None:
    """The telephone of who is named comes by itself; one that the clerk empties afterwards stays empty."""
    browser = client_for("amal")
    _send(browser, opened, applicant=str(nour.uid), contact_phone="")
    assert fresh(opened).contact_phone.endswith(nour.phone.removeprefix("0"))
    _send(browser, opened, applicant=str(nour.uid), contact_phone="")
    assert fresh(opened).contact_phone == ""


def test_the_panel_says_which_names_the_register_wants(
    opened: Request, client_for: Callable[..., Client]
) -> None:
    """A clerk who reads “optional” beside every name leaves them out, and is refused."""
    page = client_for("amal").get(reverse("frontdesk:draft", args=[opened.uid])).content.decode()
    panel = page[page.index('id="newcomer"') : page.index('id="newcomer-similar"')]
    optional = {
        name: "(اختياري)" in panel.split(f'for="id_new-{name}"', 1)[1].split("</label>", 1)[0]
        for name in ("given_name", "family_name", "id_number", "phone")
    }
    assert optional == {
        "given_name": False,
        "family_name": False,
        "id_number": True,
        "phone": True,
    }
