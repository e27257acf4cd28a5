"""The television on the wall: the call is read from the last chair."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

Window = Callable[..., BrowserContext]


def test_the_number_that_is_called_fills_the_television(
    desk: Callable[..., Page], window: Window
) -> None:
    keeper = desk("hadi")
    keeper.goto("/frontdesk/hall/setup")
    keeper.click("button[value=code]")
    found = re.search(r"\b\d{8}\b", keeper.inner_text("main"))
    assert found is not None
    clerk = desk("amal")
    clerk.goto("/frontdesk/hall")
    clerk.click("main form:has([name=category]) button.btn-main")
    clerk.goto("/frontdesk/hall")
    if clerk.locator("main select[name=counter]").count():
        clerk.click("main form:has(select[name=counter]) button.btn-main")
    if clerk.locator("button[name=act][value=next]").count():
        clerk.click("button[name=act][value=next]")
    wall = window(width=1920, height=1080).new_page()
    wall.goto("/c/frontdesk/hall")
    wall.fill("[name=code]", found.group())
    wall.click("main form button.btn-main")
    wall.wait_for_selector(".hall-call .hall-number")
    calls, number = wall.locator(".hall-calls").bounding_box(), wall.locator(".hall-number").first
    assert calls is not None and calls["height"] > 1080 / 2
    assert number.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 120
    assert wall.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert wall.evaluate("document.documentElement.scrollWidth <= innerWidth")
