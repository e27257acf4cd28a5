"""A clerk who never touches the mouse, with the Arabic layout switched on."""

import re
from collections.abc import Callable
from random import randint

from playwright.sync_api import Page

from tests.exemplars import picture

MOST_KEYS = 45
"""From the one box to the slip; eighteen of them are the ID number and the code of the service. What the system's own
file window takes is not counted."""
Desk = Callable[..., Page]
# What Chromium tells of Ctrl+K when the layout is Arabic: another letter, the same place on the keyboard.
ARABIC_K = "new KeyboardEvent('keydown', {key: 'ن', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true})"


def test_the_first_tab_leads_past_the_menu(desk: Desk) -> None:
    page = desk("amal")
    page.goto("/people/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_ctrl_k_opens_the_palette_in_the_arabic_layout_and_escape_gives_the_focus_back(
    desk: Desk,
) -> None:
    page = desk("amal")
    page.goto("/people/")
    page.focus("#people-q")
    page.evaluate(f"document.activeElement.dispatchEvent({ARABIC_K})")
    page.wait_for_selector("#palette[open]")
    page.keyboard.press("Escape")
    assert not page.is_visible("#palette")
    assert page.evaluate("document.activeElement.id") == "people-q"


def test_the_palette_finds_a_person_and_enter_opens_the_page(desk: Desk) -> None:
    page = desk("amal")
    page.keyboard.press("Control+k")
    page.keyboard.type("محمد")
    page.wait_for_selector("#palette-hits a[href*='/people/0']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/*-*")
    assert page.is_visible(".identity-name")


def test_single_keys_do_nothing_while_somebody_types_and_can_be_switched_off(desk: Desk) -> None:
    page = desk("amal")
    page.goto("/people/")
    page.focus("#people-q")
    page.keyboard.type("gh/?")
    assert page.input_value("#people-q") == "gh/?"
    assert not page.is_visible("#shortcuts")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Shift+Slash")
    assert page.is_visible("#shortcuts")
    page.check("[data-shortcuts-off]")
    page.keyboard.press("Escape")
    page.keyboard.press("Slash")
    assert page.evaluate("document.activeElement.id") != "onebox"


def test_slash_leads_to_the_one_box_and_enter_searches(desk: Desk) -> None:
    page = desk("amal")
    page.keyboard.press("Slash")
    assert page.evaluate("document.activeElement.id") == "onebox"
    page.keyboard.type("خالد")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find?q=*")


def test_rows_are_walked_with_j_and_k(desk: Desk) -> None:
    page = desk("amal")
    page.goto("/people/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert (
        page.evaluate(
            "[...document.querySelectorAll('a.row-link')].indexOf(document.activeElement)"
        )
        == 0
    )


def test_wherever_the_focus_is_it_can_be_seen(desk: Desk) -> None:
    page = desk("amal")
    page.goto("/people/new")
    for _step in range(30):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "(() => { const e = document.activeElement; if (e === document.body) return true;"
            "const s = getComputedStyle(e), o = parseFloat(s.outlineWidth), b = e.getBoundingClientRect();"
            "return (o >= 2 && s.outlineStyle !== 'none') && b.width > 0 })()"
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_the_menu_of_a_phone_opens_and_closes(desk: Desk) -> None:
    page = desk("amal", width=390, height=844)
    assert not page.is_visible(".sidenav")
    page.click(".nav-toggle-open")
    assert page.is_visible(".sidenav")
    page.click(".nav-close")
    assert not page.is_visible(".sidenav")


def somebody_who_owes(page: Page) -> str:
    page.goto("/people/")
    people = page.eval_on_selector_all(
        "main a[href^='/people/0']", "links => links.map(a => a.getAttribute('href'))"
    )
    for path in people:
        page.goto(path)
        if page.query_selector(".verdict-danger"):
            return str(path).rsplit("/", 1)[1]
    raise AssertionError("nobody on the first page owes anything")


def test_a_receipt_takes_fewer_than_ten_keys_once_the_person_is_found(desk: Desk) -> None:
    """The amount has the cursor and Enter writes the receipt: another amount is five keys."""
    page = desk("karim")
    page.goto("/finance/desk")
    if page.locator("main a[href='/finance/sessions/new']").count():
        page.goto("/finance/sessions/new")
        page.fill(
            "[name=reason]", "النقد في الخزنة الكبيرة"
        )  # the box is empty, the books say otherwise
        page.click("main button[type=submit]")
        page.wait_for_url("**/finance/desk")
    page.goto("/finance/desk/" + somebody_who_owes(desk("amal")))
    assert page.evaluate("document.activeElement.name") == "amount"
    keys = ["Control+a", "5", "0", "Enter"]
    for one in keys:
        page.keyboard.press(one)
    page.wait_for_url("**/finance/receipts/*")
    assert len(keys) < 10
    assert page.evaluate("document.activeElement.textContent").strip() != ""


class Hands:
    """Ten fingers on a keyboard; every key they press is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def write(self, text: str) -> None:
        for letter in text:
            self.press(letter)

    def tab_to(self, place: str) -> None:
        for _step in range(30):
            if self.page.evaluate("s => !!document.activeElement.closest(s)", place):
                return
            self.press("Tab")
        raise AssertionError(f"no way to {place} by Tab at {self.page.url}")


def id_number_of_somebody_without_dues(page: Page) -> str:
    page.goto("/people/")
    people = page.eval_on_selector_all(
        "main a[href^='/people/0']", "links => links.map(a => a.getAttribute('href'))"
    )
    for path in people:
        page.goto(path)
        found = re.search(r"\b\d{9}\b", page.locator(".identity-facts").inner_text())
        if found and page.query_selector(".verdict-ok"):
            return found.group()
    raise AssertionError("everybody on the first page owes something")


def has_the_cursor(page: Page, place: str) -> None:
    """The scripts of the page have started and the cursor stands there."""
    page.wait_for_function("s => !!document.activeElement.closest(s)", arg=place)


def test_alt_n_on_a_persons_page_begins_a_request_for_them(desk: Desk) -> None:
    page = desk("amal")
    page.goto("/people/")
    page.locator("main a[href^='/people/0']").first.click()
    page.wait_for_url(re.compile("/people/0"))
    page.wait_for_load_state("load")
    page.keyboard.press("Alt+n")
    page.wait_for_url("**/frontdesk/new?party=*")


def test_a_clearance_goes_from_the_one_box_to_the_slip_in_45_keys(desk: Desk) -> None:
    page = desk("amal")
    number = id_number_of_somebody_without_dues(page)
    page.goto("/")
    hands = Hands(page)
    hands.press("/")
    has_the_cursor(page, "#onebox")
    hands.write(number)
    hands.press("Enter")
    page.wait_for_url(re.compile("/people/0"))
    hands.press("Alt+n")
    page.wait_for_url("**/frontdesk/new?party=*")
    has_the_cursor(page, "#id_q")
    hands.write("FD-004")
    hands.press("Enter")
    page.wait_for_url("**q=FD-004**")
    has_the_cursor(page, "button[name=service][value='FD-004']")
    hands.press("Enter")
    page.wait_for_url("**/frontdesk/drafts/**")
    has_the_cursor(page, "[name='answers-purpose']")
    hands.press("ArrowDown")
    page.wait_for_function(
        "() => { const f = new FormData(document.getElementById('request-form')); return !!f.get('answers-purpose'); }"
    )
    hands.tab_to("#papers input[type=file]")
    hands.press("Space")  # what opens the system's file window
    page.locator("#papers input[type=file]").first.set_input_files(
        {"name": "هوية.png", "mimeType": "image/png", "buffer": picture(randint(1, 250))}
    )
    page.locator("#papers a[href^='/files/']").first.wait_for()
    hands.press("Alt+n")
    page.wait_for_url("**/check**")
    hands.press("Control+s")
    page.wait_for_url("**/frontdesk/requests/**")
    has_the_cursor(page, "main a[href$='/slip']")
    assert hands.keys <= MOST_KEYS, hands.keys
