"""The narrowest telephone, twice the size, paper, English, a slow line: beside the walk over every page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

CITIZEN = ["/", "/v/", "/v/AAAA", "/accounts/login/", "/nothing-here"]
BY_HAND = {"hadi": ["/settings/modules", "/settings/profile", "/settings/holidays", "/settings/policies", "/settings/staff",
                    "/settings/sections", "/settings/roles", "/settings/roles/service_clerk", "/settings/delegations",
                    "/settings/outbox", "/settings/audit", "/settings/numbers"],
           "amal": ["/people/new", "/people/new/heirs", "/people/new/organisation", "/me/", "/notifications/", "/find?q=محمد"]}  # fmt: skip
Desk = Callable[..., Page]


def menu_of(page: Page) -> list[str]:
    return list(
        page.eval_on_selector_all(
            ".sidenav li a", "links => links.map(a => a.getAttribute('href'))"
        )
    )


def first_record(page: Page) -> str | None:
    link = page.query_selector("main a.row-link, main .hits a.hit")
    return link.get_attribute("href") if link else None


def walk(page: Page, username: str) -> list[str]:
    """Every address of the person's menu, and the first record of each list."""
    found = ["/", *menu_of(page), *BY_HAND.get(username, [])]
    for path in list(found):
        page.goto(path)
        record = first_record(page)
        if (
            record
            and record not in found
            and "export" not in record
            and not record.startswith("/files/")
        ):
            found.append(record)
    return found


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_the_citizens_has_a_serious_fault(
    theme: str, language: str, desk: Desk, axe: Callable[[Page], list[str]]
) -> None:
    page = desk("", theme=theme, language=language)
    doors = list(
        page.eval_on_selector_all(".doors a", "links => links.map(a => a.getAttribute('href'))")
    )
    faults = []
    for path in [*CITIZEN, *doors]:
        page.goto(path)
        faults += axe(page)
    assert faults == []


@pytest.mark.parametrize("username", ["amal", "karim", "hadi"])
def test_nothing_sticks_out_of_the_narrowest_telephone(username: str, desk: Desk) -> None:
    width = 320
    page = desk(username, width=width, height=640)
    wide = []
    for path in walk(page, username):
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    assert wide == []


def test_arabic_reads_from_the_right(desk: Desk) -> None:
    page = desk("amal")
    for path in ["/", "/people/", "/people/new"]:
        page.goto(path)
        assert page.evaluate("document.documentElement.dir") == "rtl"
        nav = page.evaluate("document.querySelector('.sidenav').getBoundingClientRect().right")
        assert nav == page.evaluate("document.documentElement.clientWidth")
        assert page.evaluate(
            "[...document.querySelectorAll('.ltr, .amount')].every(n => getComputedStyle(n).direction === 'ltr')"
        )
        assert page.evaluate(
            "[...document.querySelectorAll('body *')].every(n => ['normal', '0px'].includes(getComputedStyle(n).letterSpacing))"
        )


def test_english_reads_from_the_left(desk: Desk) -> None:
    page = desk("", language="en")
    assert page.evaluate("document.documentElement.dir") == "ltr"
    assert page.evaluate("getComputedStyle(document.querySelector('.door')).direction") == "ltr"


def test_the_words_of_a_large_text_stay_in_their_place(desk: Desk) -> None:
    """WCAG 1.4.4 and 1.4.10: twice the size, and still one column without a sideways bar."""
    page = desk("amal")
    page.goto("/people/new")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366


def test_a_page_can_be_printed_without_its_menu(desk: Desk) -> None:
    page = desk("amal")
    page.goto("/people/")
    page.emulate_media(media="print")
    assert not page.is_visible(".sidenav")
    assert not page.is_visible(".topbar")
    assert page.is_visible("main table")


def test_what_a_clerk_downloads_first_is_light(desk: Desk) -> None:
    page = desk("")
    weights: dict[str, int] = {}
    page.on(
        "response",
        lambda answer: weights.__setitem__(
            answer.url, int(answer.headers.get("content-length") or 0)
        ),
    )
    page.goto("/accounts/login/")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(weights.values()) <= 300 * 1024, weights
