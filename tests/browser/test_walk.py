"""Every page that somebody can reach is opened, measured and listened to: in Arabic, light and dark, wide and narrow."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from django.urls import Resolver404, resolve

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

PARTS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
"""Processes beside one another. Each goes every way, so that all know the same pages, and looks closely at its own share."""

_seen: dict[int, set[str]] = {part: set() for part in range(PARTS)}
in_parts = pytest.mark.parametrize("part", range(PARTS))


def _starts(urlconf: str) -> Iterator[str]:
    yield "/"
    for door in pages(urlconf):
        if not door.holes and not any(one in door.address() for one in NOT_READ):
            yield door.address()


def _walk(window: Screen, urlconf: str, starts: list[str], part: int) -> list[str]:
    """Go to one page of each kind, breadth first; what is wrong with those of this part, one line each."""
    faults: list[str] = []
    waiting, queued, found, seen = list(starts), set(starts), 0, _seen[part]
    scout = window.page.context.new_page()
    scout.goto("/livez")
    window.page.bring_to_front()  # a page behind another is drawn once a second
    while waiting and found < MOST:
        address = waiting.pop(0)
        kind = _kind(address, urlconf)
        if kind is None or kind in seen:
            continue
        shown = scout.evaluate(LOOK, address)
        if not _is_page(shown):
            continue
        seen.add(kind)
        found += 1
        if _part_of(kind) == part:
            faults += [f"{address} [{kind}]: {one}" for one in _faults_at(window, address)]
        for href in shown["links"]:
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


def _part_of(kind: str) -> int:
    return crc32(kind.encode()) % PARTS


LOOK = """address => fetch(address).then(async answer => {
  const text = await answer.text();
  const links = new DOMParser().parseFromString(text, 'text/html').querySelectorAll("a[href^='/']");
  return { status: answer.status, start: text.slice(0, 40).toLowerCase(), links: [...links].map(one => one.getAttribute('href')) };
})"""


def _is_page(shown: dict[str, Any]) -> bool:
    """Whether this person is shown a whole page there: not a file, a part of a page, a refusal, or a form's target."""
    return shown["status"] not in {403, 405} and shown["start"].lstrip().startswith(
        "<!doctype html"
    )


def _faults_at(window: Screen, address: str) -> Iterator[str]:
    answer = window.open(address)
    assert answer is not None
    if answer.status >= 400:
        yield f"answers {answer.status}"
    else:
        yield from _faults_of(window)


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
        if seen["blank"]:
            yield f"leaves the place of an icon empty: {seen['blank']}"
        if seen["turned"]:
            yield f"turns numbers around: {seen['turned']}"
        if viewport is LAPTOP and seen["nav"] and abs(seen["nav"]["right"] - seen["width"]) > 2:
            yield f"has its menu at {seen['nav']}, not at the right edge"
    window.resize(DESKTOP)
    yield from window.barriers()
    window.theme("dark")
    yield from (f"dark: {one}" for one in window.barriers(rules=["color-contrast"]))
    window.theme("light")


@in_parts
@pytest.mark.parametrize(
    "username", ["amal", "basel", "rana", "lina", "karim", "maha", "jamal", "salma", "hadi"]
)
def test_every_page_of_staff_is_readable_in_arabic(
    username: str, part: int, screen: Callable[..., Screen]
) -> None:
    faults = _walk(screen(username), TOWN, list(_starts(TOWN)), part)
    assert not faults, "\n".join(faults)


@in_parts
def test_every_page_of_citizens_is_readable_in_arabic(
    part: int, screen: Callable[..., Screen]
) -> None:
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
        part,
    )
    assert not faults, "\n".join(faults)


@in_parts
@pytest.mark.parametrize("username", ["operator", "coordinator"])
def test_every_page_of_the_hub_is_readable_in_arabic(
    username: str, part: int, screen: Callable[..., Screen]
) -> None:
    faults = _walk(screen(username, host="localhost"), HUB, list(_starts(HUB)), part)
    assert not faults, "\n".join(faults)
