"""A form sent after the session ended leads back to its page, never to a blank one."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client


def test_a_form_leads_back_to_the_page_that_it_stood_on(client_for: Callable[..., Client]) -> None:
    page = "http://khanyounis.test/people/new?kind=person"
    answer = client_for().post("/people/new", {}, headers={"Referer": page})
    assert answer.status_code == 302
    assert answer["Location"].endswith("next=/people/new%3Fkind%3Dperson")


def test_anothers_page_is_not_led_back_to(client_for: Callable[..., Client]) -> None:
    answer = client_for().post("/people/new", {}, headers={"Referer": "http://evil.example/x"})
    assert answer["Location"].endswith("next=/")


def test_an_address_for_forms_says_so_to_a_reader(client_for: Callable[..., Client]) -> None:
    answer = client_for("hadi").get("/me/face")
    assert answer.status_code == 405
    assert "هذا العنوان يستقبل النماذج فقط" in answer.content.decode()
    assert answer["Allow"]
