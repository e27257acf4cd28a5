"""The line is cut: requests are taken all the same, and each is there once when it is back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from random import choice, randint
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

Desk = Callable[..., Page]
OFFLINE = "/frontdesk/offline/"
READY = "() => JSON.parse(localStorage.getItem('offline-desk') || '{}').sat > 0"

LOSES_THE_FIRST_ANSWER = """(() => {
  const real = window.fetch;
  window.fetch = async (what, how) => {
    const answer = await real(what, how);
    const address = String(what instanceof Request ? what.url : what);
    if (!address.endsWith("/offline/send") || localStorage.getItem("test-lost")) return answer;
    localStorage.setItem("test-lost", "1");
    throw new TypeError("Failed to fetch");
  };
})()"""


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 40), (randint(0, 255), randint(0, 255), 90)).save(made, "PNG")
    return made.getvalue()


def made_ready(page: Page) -> None:
    """One page of the desk with a line is enough: worker, numbers and keys are there."""
    page.wait_for_function(READY, timeout=60_000)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=60_000)


def take(page: Page, family: str, *, id_number: str, double: bool = False) -> str:
    """A petition with its paper; gives the provisional number."""
    page.goto(f"{OFFLINE}#new=FD-001")
    page.wait_for_selector("#id_number")
    page.fill("#id_number", id_number)
    # Nobody like anybody who was here before: whom names or telephone resemble, the desk asks about first.
    for name, value in {
        "given_name": "سعاد",
        "father_name": letters(6),
        "grandfather_name": letters(6),
        "family_name": family,
        "phone": f"059{randint(0, 9_999_999):07d}",
    }.items():
        if page.locator(f"#{name}").is_visible():
            page.fill(f"#{name}", value)
    for field in page.locator("[name^=answers-]").all():
        field.fill("إنارة شارع 41")
    page.locator("#paper-identity_card").set_input_files(
        {"name": "هوية.png", "mimeType": "image/png", "buffer": picture()}
    )
    expect(page.locator(".dropzone-list li")).to_have_count(1)
    if double:
        page.evaluate("const b = document.querySelector('form .btn-main'); b.click(); b.click();")
    else:
        page.click("form .btn-main")
    expect(page.locator(".slip-number").first).to_contain_text("OFF-")
    return page.locator("#part .slip-number").inner_text().strip()


def letters(many: int) -> str:
    return "".join(choice("ابتثجحخدذرزسشصضطظعغفقكلمنهوي") for _ in range(many))


def family() -> str:
    return f"آل {letters(8)}"


def number() -> str:
    return f"9{randint(0, 99_999_999):08d}"


def left(page: Page) -> int:
    held = page.evaluate("JSON.parse(localStorage.getItem('offline-desk') || '{}')")
    return int(held.get("waiting", 0) + held.get("conflicts", 0))


def sent(page: Page) -> None:
    """Nothing waits any more: each was received, or stands there to be corrected."""
    page.wait_for_function(
        "() => JSON.parse(localStorage.getItem('offline-desk')).waiting === 0", timeout=60_000
    )


def requests_of(page: Page, name: str) -> int:
    page.goto(f"/people/?q={name}")
    page.locator(".hits a.hit, .pagehead h1").first.wait_for()
    if page.locator(".hits a.hit").count():
        assert page.locator(".hits a.hit").count() == 1
        page.locator(".hits a.hit").first.click()
    page.wait_for_url("**/people/*-*")
    page.goto(page.url.partition("?")[0] + "?tab=frontdesk-requests")
    return page.locator("main a[href*='/frontdesk/requests/']").count()


def test_three_requests_taken_without_a_line_are_three_requests(desk: Desk) -> None:
    page = desk("amal")
    made_ready(page)
    page.context.set_offline(True)
    families = [family() for _ in range(3)]
    slips = {
        take(page, name, id_number=number(), double=at == 0) for at, name in enumerate(families)
    }
    assert len(slips) == 3
    page.reload()
    page.goto(f"{OFFLINE}#outbox")
    expect(page.locator("[data-record]")).to_have_count(3)
    assert left(page) == 3

    other = page.context.new_page()
    other.goto(f"{OFFLINE}#outbox")
    page.context.set_offline(False)
    for one in (page, other):
        one.evaluate("window.dispatchEvent(new Event('online'))")
    sent(page)
    page.goto(f"{OFFLINE}#outbox")
    expect(page.locator("[data-sent=accepted]")).to_have_count(3)
    official = page.locator("[data-sent] a").all_inner_texts()
    assert len(set(official)) == 3 and not any("OFF" in one for one in official)
    for name in families:
        assert requests_of(page, name) == 1


def test_an_answer_that_is_lost_on_the_way_makes_no_second_request(desk: Desk) -> None:
    """The server did it and died before it could say so: the same key again gets the first answer."""
    page, name = desk("amal"), family()
    made_ready(page)
    page.context.add_init_script(LOSES_THE_FIRST_ANSWER)
    page.context.set_offline(True)
    take(page, name, id_number=number())
    answers: list[int] = []
    page.context.on(
        "response",
        lambda answer: (
            answers.append(answer.status) if answer.url.endswith("/offline/send") else None
        ),
    )
    page.context.set_offline(False)
    page.goto(f"{OFFLINE}#outbox")
    for _ in range(20):
        if not left(page):
            break
        button = page.get_by_role("button", name="أرسل الآن")
        if button.count():
            button.click()
        page.wait_for_timeout(1500)
    assert left(page) == 0
    assert answers == [200, 200]
    assert requests_of(page, name) == 1


def test_a_conflict_is_kept_and_corrected_under_its_own_key(desk: Desk) -> None:
    page, first, second = desk("amal"), family(), family()
    made_ready(page)
    page.context.set_offline(True)
    same = number()
    take(page, first, id_number=same)
    slip = take(page, second, id_number=same)
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    sent(page)
    page.goto(f"{OFFLINE}#outbox")
    conflict = page.locator("[data-status=conflict]")
    expect(conflict).to_contain_text(slip)
    expect(conflict).to_contain_text("مسجّل باسم آخر")
    conflict.get_by_role("link", name="فتح وتصحيح").click()
    page.locator("[name=same_as]").first.check()
    page.click("form .btn-main")
    page.wait_for_function(
        "() => { const m = JSON.parse(localStorage.getItem('offline-desk')); return !m.waiting && !m.conflicts; }",
        timeout=60_000,
    )
    assert requests_of(page, first) == 2


def test_the_store_is_sealed_and_logging_out_leaves_nothing(desk: Desk) -> None:
    page, name = desk("amal"), family()
    made_ready(page)
    page.context.set_offline(True)
    take(page, name, id_number=number())
    dumped = page.evaluate(
        """async () => {
          const found = [];
          for (const { name } of await indexedDB.databases()) {
            const db = await new Promise(done => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
            for (const store of db.objectStoreNames) {
              const rows = await new Promise(done => { const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result); });
              found.push(JSON.stringify(rows, (_k, v) => v instanceof ArrayBuffer ? new TextDecoder().decode(v) : v));
            }
            db.close();
          }
          return found.join();
        }"""
    )
    assert "OFF-" in dumped and name not in dumped and "سعاد" not in dumped
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    sent(page)
    page.goto("/")
    page.locator("details.menu > summary").click()
    page.locator("form[action='/accounts/logout/'] button").click()
    page.wait_for_url("**/accounts/login/**")
    page.wait_for_timeout(1000)
    kept: dict[str, Any] = json.loads(
        page.evaluate(
            """async () => JSON.stringify({ dbs: await indexedDB.databases(), caches: await caches.keys(),
                 local: Object.keys(localStorage), workers: (await navigator.serviceWorker.getRegistrations()).length })"""
        )
    )
    assert kept == {"dbs": [], "caches": [], "local": [], "workers": 0}


def test_another_person_and_another_municipality_see_nothing_of_it(
    desk: Desk, address: str
) -> None:
    page, name = desk("amal"), family()
    made_ready(page)
    page.context.set_offline(True)
    take(page, name, id_number=number())
    page.context.set_offline(False)
    context: BrowserContext = page.context
    context.route("**/frontdesk/offline/send", lambda route: route.abort())
    context.clear_cookies(name="session")
    page.goto("/accounts/login/")
    page.fill("[name=login]", "salma")
    page.fill("[name=password]", "baladiyat-2026")
    page.click("form .btn-main")
    page.wait_for_selector(".topbar")
    assert page.locator("#outbox-badge").count() == 0
    elsewhere = context.new_page()
    elsewhere.goto(address.replace("khanyounis", "nablus") + "/accounts/login/")
    assert elsewhere.evaluate("indexedDB.databases()") == []
    assert elsewhere.evaluate("caches.keys()") == []


def test_the_offline_desk_is_for_everybody_and_fits_a_telephone(
    desk: Desk, axe: Callable[[Page], list[str]]
) -> None:
    page = desk("amal", width=390, height=844)
    made_ready(page)
    for part in ("#new", "#new=FD-001", "#outbox"):
        page.goto(OFFLINE + part)
        page.wait_for_selector("#part > *")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), part
