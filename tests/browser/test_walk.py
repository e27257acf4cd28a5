"""Every page that somebody can reach is opened, measured and listened to: in Arabic, light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.browser.screen import DESKTOP, PHONE, Screen, Viewport
from tests.doors import HUB, TOWN, pages

LAPTOP = Viewport(1280, 800, "1280")
# Addresses that do something when opened, or give a file.
NOT_READ = (
    "/logout",
    "export=",
    "/paper",
    "/slip",
    "/document",
    "/template",
    "/files/",
    "/emblem",
    "/me/face",
    "livez",
)
MOST = 70
"""Pages that one person opens; a page of a kind that somebody has seen is not opened again."""

_seen: set[str] = set()


def _starts(urlconf: str) -> Iterator[str]:
    yield "/"
    for door in pages(urlconf):
        if not door.holes and not any(one in door.address() for one in NOT_READ):
            yield door.address()


def _walk(window: Screen, urlconf: str, starts: list[str]) -> list[str]:
    """Open one page of each kind, breadth first; what is wrong with them, one line each."""
    faults: list[str] = []
    waiting, queued, opened = list(starts), set(starts), 0
    scout = window.page.context.new_page()
    scout.goto("/livez")
    while waiting and opened < MOST:
        address = waiting.pop(0)
        kind = _kind(address, urlconf)
        if kind is None or kind in _seen:
            continue
        if not _is_page(scout, address):
            continue
        answer = window.open(address)
        assert answer is not None
        _seen.add(kind)
        opened += 1
        where = f"{urlsplit(window.page.url).path} [{kind}]"
        if answer.status >= 400:
            faults.append(f"{where}: answers {answer.status}")
            continue
        faults += [f"{where}: {one}" for one in _faults_of(window)]
        for href in window.page.eval_on_selector_all(
            "a[href^='/']", "all => all.map(one => one.getAttribute('href'))"
        ):
            if href not in queued and not any(one in href for one in NOT_READ):
                queued.add(href)
                waiting.append(href)
    return faults


def _kind(address: str, urlconf: str) -> str | None:
    try:
        found = resolve(urlsplit(address).path, urlconf)
    except Resolver404:
        return None
    return f"{urlconf}:{found.view_name or found.route}"


LOOK = """address => fetch(address).then(async answer => ({
  status: answer.status, start: (await answer.text()).slice(0, 40).toLowerCase(),
}))"""


def _is_page(scout: Page, address: str) -> bool:
    """Whether this person is shown a whole page there: not a file, a part of a page, a refusal, or a form's target."""
    found = scout.evaluate(LOOK, address)
    return found["status"] not in {403, 405} and found["start"].lstrip().startswith(
        "<!doctype html"
    )


def _faults_of(window: Screen) -> Iterator[str]:
    for viewport in (LAPTOP, PHONE):
        window.resize(viewport)
        seen = window.measured()
        if (seen["dir"], seen["lang"]) != ("rtl", "ar"):
            yield f"is {seen['lang']} {seen['dir']}"
        if seen["overflow"] > 0:
            yield f"is {seen['overflow']} px too wide at {viewport.name}: {seen['wide']}"
        if seen["headings"] != 1:
            yield f"has {seen['headings']} first headings"
        if seen["spaced"]:
            yield f"pulls Arabic letters apart: {seen['spaced']}"
        if seen["turned"]:
            yield f"turns numbers around: {seen['turned']}"
        if viewport is LAPTOP and seen["nav"] and abs(seen["nav"]["right"] - seen["width"]) > 2:
            yield f"has its menu at {seen['nav']}, not at the right edge"
    window.resize(DESKTOP)
    yield from window.barriers()
    window.theme("dark")
    yield from (f"dark: {one}" for one in window.barriers(rules=["color-contrast"]))
    window.theme("light")


@pytest.mark.parametrize(
    "username", ["amal", "basel", "rana", "lina", "karim", "maha", "jamal", "salma", "hadi"]
)
def test_every_page_of_staff_is_readable_in_arabic(
    username: str, screen: Callable[..., Screen]
) -> None:
    faults = _walk(screen(username), TOWN, list(_starts(TOWN)))
    assert not faults, "\n".join(faults)


def test_every_page_of_citizens_is_readable_in_arabic(screen: Callable[..., Screen]) -> None:
    faults = _walk(
        screen(),
        TOWN,
        [
            "/accounts/login/",
            "/accounts/password/reset/",
            "/c/frontdesk/",
            "/c/frontdesk/track",
            "/v/",
        ],
    )
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("username", ["operator", "coordinator"])
def test_every_page_of_the_hub_is_readable_in_arabic(
    username: str, screen: Callable[..., Screen]
) -> None:
    faults = _walk(screen(username, host="localhost"), HUB, list(_starts(HUB)))
    assert not faults, "\n".join(faults)
