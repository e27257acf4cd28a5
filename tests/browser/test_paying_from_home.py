"""Dues paid from home in a real browser: from the proved telephone over the bank's page to the receipt, and the staff's side."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

Window = Callable[..., BrowserContext]
WIDTH = 360


def narrow(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, page.url


def who_owes(clerk: Page) -> tuple[str, str]:
    """ID number and telephone of somebody of the demonstration who once began to pay on the web."""
    clerk.goto("/finance/online?state=begun")
    clerk.click("tbody a >> nth=0")
    phone = re.search(r"\+9705\d{8}", clerk.inner_text("main"))
    clerk.click(".dl a[href*='/people/']")
    number = re.search(r"\b\d{9}\b", clerk.inner_text("main"))
    assert phone and number
    return number[0], "0" + phone[0].removeprefix("+970")


def test_dues_are_paid_from_home_in_a_browser(
    window: Window, axe: Callable[[Page], list[str]], desk: Callable[..., Page]
) -> None:
    clerk, outbox = desk("jamal"), desk("hadi")
    id_number, phone = who_owes(clerk)
    faults: list[str] = []
    page = window(width=WIDTH, height=740).new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Refused" in said.text else None)

    def looked_at() -> None:
        narrow(page)
        faults.extend(axe(page))

    page.goto("/c/frontdesk/dues")
    page.fill("[name=phone]", phone)
    page.click("main form button.btn-main")
    outbox.goto("/settings/outbox")
    code = re.search(r"\b\d{6}\b", outbox.inner_text("table"))
    assert code is not None
    page.fill("[name=code]", code[0])
    page.click("main form button.btn-main")
    looked_at()
    page.fill("[name=id_number]", id_number)
    page.click("main form button.btn-main")
    looked_at()
    page.fill("[name=amount] >> nth=0", "7")
    page.click("button[name=pay] >> nth=0")
    assert re.search(r"/c/finance/paying/[0-9a-f-]{36}$", page.url)
    looked_at()
    page.click("main a.btn-main")
    looked_at()
    page.click("button[value=pay]")
    assert page.inner_text(".seal-ok h1")
    assert "7.00" in page.inner_text("main")
    looked_at()
    page.click("main a.btn-main")
    assert "/v/" in page.url
    for path in ("/finance/online", "/finance/online/gateway"):
        clerk.goto(path)
        faults += axe(clerk)
    clerk.goto("/finance/online?state=paid")
    clerk.click("tbody a >> nth=0")
    faults += axe(clerk)
    assert faults == [] and refused == []
