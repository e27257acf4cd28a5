"""One-time codes: they prove a telephone once, in one browser, in one town, and tell nothing of who is on file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from kernel.notifications.models import OutgoingMessage
from kernel.policies.services import set_value
from kernel.tenancy import use
from kernel.testing.database import TOWNS
from kernel.viewer import Viewer
from modules.frontdesk.errors.online import CodeWrong, TooManyCodes
from modules.frontdesk.services.phone_codes import prove, send_code
from modules.frontdesk.tests.online import CITIZEN, PHONE, begun, door, last_code

Clients = Callable[..., Client]


@pytest.fixture(autouse=True)
def _no_tries(town: str) -> None:
    cache.clear()


def ask(browser: str = "mine", phone: str = "0599123456", address: str = "10.0.0.1") -> None:
    send_code(phone, browser=browser, address=address, meant={"next": ""}, by=CITIZEN)


def test_the_code_proves_the_telephone_once(town: str) -> None:
    ask()
    code = last_code()
    assert prove(code, browser="mine").phone == PHONE
    with pytest.raises(CodeWrong):
        prove(code, browser="mine")


def test_a_code_is_worth_nothing_in_another_browser(town: str) -> None:
    ask()
    ask(browser="other", phone="0569000001")
    with pytest.raises(CodeWrong):
        prove(last_code(), browser="other")
    with pytest.raises(CodeWrong):
        prove(last_code(), browser="")


def test_a_code_is_worth_nothing_in_another_town(town: str) -> None:
    ask()
    code = last_code()
    other = next(one for one in TOWNS if one != town)
    with use(other), pytest.raises(CodeWrong):
        prove(code, browser="mine")
    assert prove(code, browser="mine").phone == PHONE


def test_the_sixth_try_is_refused_even_with_the_right_code(town: str) -> None:
    ask()
    right = last_code()
    wrong = "000000" if right != "000000" else "111111"
    for _try in range(5):
        with pytest.raises(CodeWrong):
            prove(wrong, browser="mine")
    with pytest.raises(CodeWrong):
        prove(right, browser="mine")


def test_a_new_code_takes_the_old_one_away(town: str) -> None:
    ask()
    old = last_code()
    ask()
    new = last_code()
    if old != new:
        with pytest.raises(CodeWrong):
            prove(old, browser="mine")
    assert prove(new, browser="mine").phone == PHONE


def test_a_telephone_gets_three_codes_in_a_quarter_of_an_hour_and_others_go_on(town: str) -> None:
    for _try in range(3):
        ask()
    with pytest.raises(TooManyCodes):
        ask(browser="another", address="10.0.0.2")
    ask(phone="0569000001")


def test_the_town_sends_no_more_codes_than_it_wants(town: str, system: Viewer) -> None:
    set_value("FRD-01.codes_an_hour", 10, starts_on=date(2026, 12, 6), by=system)
    for number in range(10):
        ask(phone=f"056900{number:04d}", address=f"10.0.1.{number}")
    with pytest.raises(TooManyCodes):
        ask(phone="0569999999", address="10.0.2.1")


def test_the_code_itself_is_kept_nowhere(town: str) -> None:
    ask()
    code = last_code()
    kept = [cache.get(key) for key in ("frontdesk.code:mine",)]
    assert code not in str(kept)


def test_known_and_unknown_people_get_the_same_answer(
    client_for: Clients, nour: Any, town: str
) -> None:
    """Before the code nothing is looked up; after it a stranger and somebody with another telephone see one page."""
    pages = []
    for id_number, phone in (("401234562", "0599123456"), ("912345674", "0569000001")):
        visitor = client_for()
        answer = visitor.post(door("apply", "FD-001"), {"id_number": id_number, "phone": phone})
        pages.append((answer.status_code, answer["Location"]))
    assert pages[0] == pages[1]
    seen = []
    for id_number in ("401234562", "912345674"):  # on file with another telephone; not on file
        cache.clear()
        visitor = client_for()
        visitor.post(door("apply", "FD-001"), {"id_number": id_number, "phone": "0569000002"})
        answer = visitor.post(door("code"), {"code": last_code("+970569000002")}, follow=True)
        seen.append(answer.redirect_chain[-1][0].rsplit("/", 1)[-1])
    assert seen == ["who", "who"]


def test_a_cookie_of_another_browser_or_an_hour_later_opens_nothing(
    client_for: Clients, nour: Any, town: str
) -> None:
    mine = client_for()
    made = begun(mine)
    assert mine.get(door("online", made.uid), follow=True).status_code == 200
    thief = client_for()
    thief.cookies["citizen_phone"] = mine.cookies["citizen_phone"].value
    assert thief.get(door("online", made.uid))["Location"].startswith(door("phone"))
    with time_machine.travel("2026-12-06T08:01:00Z", tick=False):
        assert mine.get(door("online", made.uid))["Location"].startswith(door("phone"))


def test_another_telephone_finds_nothing_of_mine(client_for: Clients, nour: Any, town: str) -> None:
    made = begun(client_for())
    other = client_for()
    other.post(door("phone"), {"phone": "0569000001", "next": ""})
    other.post(door("code"), {"code": last_code("+970569000001")})
    for name in ("online", "online-who", "online-form", "online-papers", "online-check"):
        assert other.get(door(name, made.uid)).status_code == 404, name
    assert other.get(door("mine", made.request.uid)).status_code == 404


def test_a_code_never_leads_out_of_the_house(client_for: Clients, town: str) -> None:
    visitor = client_for()
    visitor.post(door("phone"), {"phone": "0599123456", "next": "//evil.example/"})
    assert visitor.post(door("code"), {"code": last_code()})["Location"] == door("guide")


@pytest.mark.parametrize(
    "code", ["", "12345", "abcdef", "wrong", "wrong in Arabic figures", "0" * 12, "'; --"]
)
def test_whatever_is_typed_for_a_code_is_answered_with_a_sentence(
    client_for: Clients, town: str, code: str
) -> None:
    visitor = client_for()
    visitor.post(door("phone"), {"phone": "0599123456", "next": ""})
    wrong = f"{(int(last_code()) + 1) % 10**6:06d}"
    in_arabic = wrong.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    code = {"wrong": wrong, "wrong in Arabic figures": in_arabic}.get(code, code)
    assert visitor.post(door("code"), {"code": code}).status_code == 422
    assert OutgoingMessage.objects.filter(to=PHONE).count() == 1


@pytest.mark.parametrize(("gateway", "told"), [("local:", True), ("https://sms.example/", False)])
def test_a_town_without_a_gateway_says_where_the_code_lies(
    town: str, client_for: Clients, settings: Any, gateway: str, told: bool
) -> None:
    """Who tries the system waits for a message that nobody sends; a town with a gateway says nothing of it."""
    settings.SMS_GATEWAY_URL = gateway
    browser = client_for()
    asked = browser.post(door("phone"), {"phone": "0599123456", "next": ""}, follow=True)
    page = asked.content.decode()
    assert "456" in page
    assert ("/settings/outbox" in page) is told
