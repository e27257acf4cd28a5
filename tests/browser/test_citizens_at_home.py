"""A citizen at home: the narrowest telephone, no scripts, from the guide to the slip; and an appointment."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page

Window = Callable[..., BrowserContext]
WIDTH = 360
# Of nobody in the demonstration: a stranger, who types a name.
STRANGER = ("912345674", "0569876543")


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, page.url


def code_of(outbox: Page) -> str:
    outbox.goto("/settings/outbox")
    found = re.search(r"\b\d{6}\b", outbox.inner_text("table"))
    assert found is not None
    return found.group()


def test_a_request_is_sent_from_a_telephone_without_scripts(
    chromium: object, address: str, window: Window, desk: Callable[..., Page], tmp_path: Path
) -> None:
    outbox = desk("hadi")
    context = chromium.new_context(  # type: ignore[attr-defined]
        viewport={"width": WIDTH, "height": 740},
        locale="ar-PS",
        base_url=address,
        java_script_enabled=False,
    )
    page = context.new_page()
    page.set_default_timeout(15000)
    card = tmp_path / "card.png"
    Image.new("RGB", (300, 200), (200, 210, 220)).save(card)
    try:
        page.goto("/c/frontdesk/services/FD-001")
        page.click("a.btn-main")
        page.fill("[name=id_number]", STRANGER[0])
        page.fill("[name=phone]", STRANGER[1])
        page.click("main form button.btn-main")
        page.fill("[name=code]", code_of(outbox))
        page.click("main form button.btn-main")
        for name, typed in (
            ("given_name", "سعاد"),
            ("father_name", "أحمد"),
            ("grandfather_name", "علي"),
            ("family_name", "شراب"),
        ):
            page.fill(f"[name={name}]", typed)
        page.click("main form button.btn-main")
        page.fill("[name=answers-subject]", "إنارة الشارع")
        page.fill("[name=answers-details]", "الشارع معتم منذ شهر.")
        page.click("main form button.btn-main")
        page.set_input_files("#file-identity_card", str(card))
        page.click("#identity_card button.btn-plain")
        page.click(".form-foot a.btn-main")
        page.check("[name=declared]")
        page.click("main form button.btn-main")
        assert re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", page.inner_text(".reference"))
        page.goto("/c/frontdesk/appointments")
        page.click(".door")
        page.click(".door-small")
        page.check("[name=at] >> nth=0")
        page.fill("[name=name]", "سعاد شراب")
        page.click("main form button.btn-main")
        assert page.inner_text(".seal")
    finally:
        context.close()


def test_the_citizens_pages_are_narrow_and_without_faults(
    window: Window, axe: Callable[[Page], list[str]], desk: Callable[..., Page]
) -> None:
    page = window(width=WIDTH, height=740).new_page()
    faults: list[str] = []
    for path in (
        "/c/frontdesk/",
        "/c/frontdesk/services/FD-001",
        "/c/frontdesk/services/FD-001/apply",
        "/c/frontdesk/find",
        "/c/frontdesk/phone",
        "/c/frontdesk/track",
        "/c/frontdesk/appointments",
        "/c/frontdesk/appointments/new/engineer",
    ):
        page.goto(path)
        fits(page)
        faults += axe(page)
    clerk = desk("amal")
    for path in ("/frontdesk/online", "/frontdesk/appointments", "/frontdesk/appointments/new"):
        clerk.goto(path)
        faults += axe(clerk)
    assert faults == []
