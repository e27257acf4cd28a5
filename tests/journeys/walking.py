"""The steps of the main job, as each of its people takes them at a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kernel.calendar.selectors import today
from tests.exemplars import picture
from tests.journeys.reading import Browser, Page

At = Callable[[str], Browser]
UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOUR_ID = "401234562"
NOUR_PHONE = "0599123456"


def uid_in(url: str) -> str:
    """The first object's key in an address."""
    found = UID.search(url)
    assert found is not None, url
    return found[0]


def scan(name: str = "هوية.png", *, shade: int = 200) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(shade), content_type="image/png")


def register_nour(amal: Browser) -> str:
    """Amal looks for the ID number in the one box, finds nobody, and registers her. Gives the person's uid."""
    found = amal.open(f"{reverse('find:find')}?q={NOUR_ID}")
    assert NOUR_ID in found.text
    page = amal.open(f"{reverse('people:new')}?q={NOUR_ID}")
    page = amal.send(
        page,
        having="given_name",
        given_name="نور",
        father_name="خليل",
        grandfather_name="محمد",
        family_name="الأسطل",
        phone="٠٥٩٩ ١٢٣ ٤٥٦",
    )
    assert "نور خليل محمد الأسطل" in page.text
    return uid_in(page.url)


def open_request(amal: Browser, service: str, person: str) -> Page:
    """Amal picks the service for the person; the draft's page."""
    page = amal.open(f"{reverse('frontdesk:new')}?party={person}&service={service}")
    return amal.send(page, having="service")


def attach(amal: Browser, draft: Page, requirement: str, *, shade: int) -> Page:
    """Drop a paper under its requirement."""
    form = next(
        one
        for one in draft.forms
        if one.fields.get("requirement") == [requirement] and "file" in one.names
    )
    answer = amal.client.post(
        form.action, {**form.fields, "file": scan(f"{requirement}.png", shade=shade)}, follow=True
    )
    assert answer.status_code == 200, answer.content.decode()[:500]
    return amal.open(draft.url)


def receive(karim: Browser, person: str, amount: str = "") -> Page:
    """The cashier opens a session if he has none, finds the person and takes what stands there; the receipt's page."""
    desk = karim.open(reverse("finance:desk"))
    if any(
        href.endswith("/sessions/new") for href, _words in desk.links
    ) and "finance/sessions/new" in str(desk.body):
        session = karim.open(reverse("finance:session-open"))
        if session.forms and any("box" in one.names for one in session.forms):
            karim.client.post(
                reverse("finance:session-open"), dict(session.form(having="box").fields)
            )
    page = karim.open(reverse("finance:receive", args=[person]))
    typed = {"amount": amount} if amount else {}
    page = karim.send(page, having="amount", **typed)
    assert "/finance/receipts/" in page.url, page.text
    return page


def do_step(somebody: Browser, request: str, code_title: str = "", **typed: object) -> Page:
    """Open the request, take the step that is on the desk, and complete it."""
    page = somebody.open(reverse("frontdesk:request", args=[request]))
    step = next(href for href, _words in page.links if re.search(r"/steps/[0-9a-f-]{36}$", href))
    page = somebody.open(step)
    return somebody.send(page, having="seen", **typed)


def decide(somebody: Browser, request: str, **typed: object) -> Page:
    page = somebody.open(reverse("frontdesk:request", args=[request]))
    page = somebody.open(page.link(end="/decide"))
    return somebody.send(page, having="decision", **typed)


def issue(somebody: Browser, request: str) -> Page:
    page = somebody.open(reverse("frontdesk:request", args=[request]))
    return somebody.send(page, action="/issue")


def hand_over(somebody: Browser, request: str, id_number: str = NOUR_ID) -> Page:
    """The person's name stands there already; the number is typed from the card that was looked at."""
    page = somebody.open(reverse("frontdesk:request", args=[request]))
    page = somebody.open(page.link(end="/hand-over"))
    return somebody.send(page, having="recipient_name", recipient_id_number=id_number)


def add_photo(somebody: Browser, request: str) -> None:
    page = somebody.open(reverse("frontdesk:request", args=[request]))
    step = next(href for href, _words in page.links if re.search(r"/steps/[0-9a-f-]{36}$", href))
    form = somebody.open(step).form(action="/photos")
    answer = somebody.client.post(
        form.action, {**form.fields, "photos": scan("موقع.png", shade=90)}
    )
    assert answer.status_code == 302


def visited_on() -> str:
    return f"{today():%d/%m/%Y}"


def track(citizen: Browser, number: str, phone: str = NOUR_PHONE, *, expect: int = 200) -> Page:
    page = citizen.open(reverse("frontdesk-citizen:track"))
    return citizen.send(page, having="number", number=number, phone=phone, expect=expect)
