"""The main job in the browser, in Arabic: a clerk, a cashier, an officer and the manager, each at a window of their own."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tenants.demo.names import check_digit
from tests.browser.screen import Screen
from tests.exemplars import picture

Window = Callable[..., Screen]
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


def new_id_number() -> str:
    """An ID number that nobody has, with a right check digit."""
    eight = f"4{random.SystemRandom().randrange(10**7):07d}"
    return f"{eight}{check_digit(eight)}"


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A scan of an identity card."""
    path = tmp_path / "هوية.png"
    path.write_bytes(picture(random.SystemRandom().randrange(1, 250)))
    return path


def new_phone() -> str:
    return f"059{random.SystemRandom().randrange(10**7):07d}"


def register(amal: Screen, id_number: str, phone: str = "") -> str:
    """From the one box, by keyboard alone; gives the address of the person's page."""
    page = amal.page
    dice = random.SystemRandom()
    family = "آل " + "".join(
        dice.choices(LETTERS, k=9)
    )  # nobody is alike, however often the tests ran
    amal.open("/")
    page.keyboard.press("/")
    page.keyboard.type(id_number)
    page.keyboard.press("Enter")
    amal.settle()
    page.get_by_role("link", name=re.compile("شخص جديد|تسجيل|أدخل")).first.click()
    page.get_by_label("الاسم الأول").fill("نور")
    page.keyboard.press("Tab")
    page.keyboard.type("خليل")
    page.keyboard.press("Tab")
    page.keyboard.type("محمد")
    page.keyboard.press("Tab")
    page.keyboard.type(family)
    expect(page.locator("[name=id_number]")).to_have_value(id_number)
    page.locator("[name=phone]").fill(phone or new_phone())
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/people/[0-9a-f-]{36}"))
    return page.url


def ask_for(amal: Screen, service: str, person: str, card: Path) -> None:
    """Open the service for the person and hand in the card; ends on the draft's page."""
    page = amal.page
    uid = person.rsplit("/", 1)[1].split("?")[0]
    amal.open(f"/frontdesk/new?party={uid}&service={service}")
    page.get_by_role("button", name="فتح الطلب").or_(
        page.locator("#preview button[type=submit]")
    ).first.click()
    page.wait_for_url(re.compile("/frontdesk/drafts/"))
    page.locator("#papers input[type=file]").first.set_input_files(card)
    attach = page.locator("#papers form[enctype] button[type=submit]").first
    if attach.count():
        attach.click()
    expect(page.locator("#papers a[href^='/files/']").first).to_be_visible()


def sit_down(karim: Screen) -> None:
    """Open the box unless it is open: it is empty, whatever was left in it by the books."""
    page = karim.page
    karim.open("/finance/desk")
    if page.locator("main a[href='/finance/sessions/new']").count():
        karim.open("/finance/sessions/new")
        page.locator("[name=reason]").fill("النقد في الخزنة الكبيرة")
        page.locator("main form .btn-main").click()
        page.wait_for_url(re.compile("/finance/desk$"))


def take_money(karim: Screen, id_number: str) -> None:
    """Enter, amount, Enter: the number, and what stands there is taken."""
    page = karim.page
    sit_down(karim)
    karim.open("/finance/desk")
    page.locator("[name=party_text]").fill(id_number)
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/finance/desk/[0-9a-f-]{36}"))
    expect(page.locator("#preview")).to_contain_text("فقط")
    page.locator("[name=amount]").press("Enter")
    page.wait_for_url(re.compile(r"/finance/receipts/"))


def test_from_the_id_number_to_the_sealed_certificate(screen: Window, card: Path) -> None:
    amal, karim, jamal, salma = (screen(name) for name in ("amal", "karim", "jamal", "salma"))
    id_number, phone = new_id_number(), new_phone()
    person = register(amal, id_number, phone)
    amal.picture("person-new-1366")

    ask_for(amal, "FD-004", person, card)
    page = amal.page
    page.get_by_label("الغاية من الشهادة").select_option("land_registry")
    amal.picture("draft-1366")
    page.locator("button.btn-main[name=check]").click()
    page.wait_for_url(re.compile(r"/check(#|$)"))
    amal.picture("check-1366")
    page.get_by_role("button", name=re.compile("تقديم|تقدیم|إرسال")).click()
    page.wait_for_url(re.compile(r"/frontdesk/requests/[0-9a-f-]{36}"))
    address = page.url.split("?")[0]
    number = page.locator(".pagehead-number").inner_text().strip()
    amal.picture("request-submitted-1366")

    take_money(karim, id_number)
    karim.picture("receipt-1366")
    expect(karim.page.locator("main")).to_contain_text("عشرة شواكل")

    # The worker opens the route; the officer of collection finds it on the desk.
    officer = jamal.page
    for _try in range(20):
        jamal.open(address)
        if officer.locator(".actions a[href*='/steps/']").count():
            break
        officer.wait_for_timeout(500)
    officer.locator(".actions a[href*='/steps/']").first.click()
    officer.get_by_role("button", name="إنهاء الخطوة").or_(
        officer.locator("main form .btn-main")
    ).last.click()
    officer.wait_for_url(address)

    salma.open(address)
    salma.page.locator(".actions a[href$='/decide']").click()
    salma.page.get_by_label("موافقة").or_(salma.page.locator("input[value=approved]")).first.check()
    salma.picture("decide-1366")
    salma.page.locator("main form .btn-main").click()
    salma.page.wait_for_url(address)

    amal.open(address)
    page.locator("form[action$='/issue'] button").click()
    page.wait_for_url(address)
    expect(page.locator("main")).to_contain_text("شهادة خلو طرف")
    page.locator(".actions a[href$='/hand-over']").click()
    page.locator("[name=recipient_id_number]").fill(id_number)  # from the card, not from the file
    page.locator("main form .btn-main").click()
    page.wait_for_url(address)
    amal.picture("request-done-1366")

    citizen = screen()
    citizen.open("/c/frontdesk/track")
    citizen.page.get_by_label("رقم الطلب").fill(number)
    citizen.page.get_by_label("هاتف").fill(phone)
    citizen.page.keyboard.press("Enter")
    citizen.settle()
    expect(citizen.page.locator("main")).to_contain_text(number)
    expect(citizen.page.locator("main")).not_to_contain_text("نور")
    citizen.picture("track-1366")


def test_a_double_click_on_submit_makes_one_request(screen: Window, card: Path) -> None:
    amal = screen("amal")
    person = register(amal, new_id_number())
    ask_for(amal, "FD-001", person, card)
    page = amal.page
    page.get_by_label("موضوع الطلب").fill("إنارة شارع 41")
    page.get_by_label("تفاصيل الطلب").fill("الشارع معتم منذ شهر.")
    page.locator("button.btn-main[name=check]").click()
    page.wait_for_url(re.compile(r"/check(#|$)"))
    page.locator("main form .btn-lg").dblclick()
    page.wait_for_url(re.compile(r"/frontdesk/requests/[0-9a-f-]{36}"))
    amal.open(f"{person.split('?')[0]}?tab=frontdesk-requests")
    hrefs = page.eval_on_selector_all(
        "main a[href*='/frontdesk/requests/']",
        "all => [...new Set(all.map(one => one.getAttribute('href').split('?')[0]))]",
    )
    assert len(hrefs) == 1


def test_a_double_click_at_the_cash_desk_writes_one_receipt(screen: Window, card: Path) -> None:
    amal, karim = screen("amal"), screen("karim")
    id_number = new_id_number()
    person = register(amal, id_number)
    ask_for(amal, "FD-004", person, card)
    page = amal.page
    page.get_by_label("الغاية من الشهادة").select_option("bank")
    page.locator("button.btn-main[name=check]").click()
    page.locator("main form .btn-lg").click()
    page.wait_for_url(re.compile(r"/frontdesk/requests/[0-9a-f-]{36}"))
    desk = karim.page
    sit_down(karim)
    karim.open(f"/finance/desk/{person.rsplit('/', 1)[1]}")
    desk.locator("#receive button[type=submit]").dblclick()
    desk.wait_for_url(re.compile(r"/finance/receipts/"))
    karim.open(f"/finance/statements/{person.rsplit('/', 1)[1]}")
    receipts = desk.eval_on_selector_all(
        "main a[href*='/finance/receipts/']",
        "all => [...new Set(all.map(one => one.getAttribute('href')))]",
    )
    assert len(receipts) == 1, receipts


def test_a_session_that_ends_in_the_middle_of_a_request_loses_nothing(
    screen: Window, card: Path
) -> None:
    amal = screen("amal", fresh=True)
    amal.expect_error(r"status of 401")
    person = register(amal, new_id_number())
    ask_for(amal, "FD-001", person, card)
    page = amal.page
    page.get_by_label("موضوع الطلب").fill("إنارة")
    page.context.clear_cookies(name="session")
    page.get_by_label("تفاصيل الطلب").fill("كتبت هذا بعد انتهاء الجلسة.")
    page.wait_for_selector("#relogin[open]")
    amal.picture("session-ended-1366", full=False)
    page.fill("#relogin-word", "baladiyat-2026")
    page.click("#relogin .btn-main")
    page.wait_for_selector("#relogin", state="hidden")
    page.locator("button.btn-main[name=check]").click()
    page.wait_for_url(re.compile(r"/check(#|$)"))
    expect(page.locator("main")).to_contain_text("كتبت هذا بعد انتهاء الجلسة.")


def test_two_officers_on_one_step_see_the_conflict_and_keep_their_words(
    screen: Window, card: Path
) -> None:
    amal = screen("amal")
    person = register(amal, new_id_number())
    ask_for(amal, "FD-001", person, card)
    page = amal.page
    page.get_by_label("موضوع الطلب").fill("إنارة شارع 41")
    page.get_by_label("تفاصيل الطلب").fill("الشارع معتم منذ شهر.")
    page.locator("button.btn-main[name=check]").click()
    page.locator("main form .btn-lg").click()
    page.wait_for_url(re.compile(r"/frontdesk/requests/[0-9a-f-]{36}"))
    step = page.locator(".actions a[href*='/steps/']").first.get_attribute("href")
    assert step is not None
    second = screen("amal")
    second.expect_error(r"status of (409|412|422)")
    amal.open(step)
    second.open(step)
    page.locator("textarea[name=text]").fill("الأولى")
    page.locator("main form .btn-main").last.click()
    page.wait_for_url(re.compile(r"/frontdesk/requests/[0-9a-f-]{36}$"))
    second.page.locator("textarea[name=text]").fill("رأي كُتب في الوقت نفسه")
    second.page.locator("main form .btn-main").last.click()
    second.settle()
    expect(second.page.locator("textarea[name=text]")).to_have_value("رأي كُتب في الوقت نفسه")
    second.picture("conflict-1366")


def test_a_wrong_file_behind_a_good_name_is_refused_in_words(
    screen: Window, tmp_path: Path
) -> None:
    amal = screen("amal")
    amal.expect_error(r"status of 422")
    person = register(amal, new_id_number())
    bad = tmp_path / "هوية.pdf"
    bad.write_bytes(b"MZ\x90\x00" + b"\x00" * 400)
    uid = person.rsplit("/", 1)[1]
    amal.open(f"/frontdesk/new?party={uid}&service=FD-001")
    page = amal.page
    page.locator("#preview button[type=submit]").click()
    page.wait_for_url(re.compile("/frontdesk/drafts/"))
    page.locator("#papers input[type=file]").first.set_input_files(bad)
    amal.settle()
    amal.picture("bad-file-1366")
    attach = page.locator("#papers form[enctype] button[type=submit]").first
    if attach.count():
        attach.click()
        amal.settle()
    expect(page.locator("main")).to_contain_text(re.compile("لا يُقبل|غير مقبول|ليس|نوع"))
    assert not page.locator("#papers a[href^='/files/']").count()


def test_a_host_that_nobody_has_is_told_so(chromium: object, screen: Window) -> None:
    window = screen(host="nowhere.localhost")
    window.expect_error(r"status of 404")
    answer = window.open("/")
    assert answer is not None
    assert answer.status == 404
    expect(window.page.locator("h1")).to_be_visible()
    assert window.measured()["dir"] == "rtl"
    window.picture("unknown-host-1366")
