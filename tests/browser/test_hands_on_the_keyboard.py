"""A clerk who never touches the mouse, with the Arabic layout switched on."""

from collections.abc import Callable

from playwright.sync_api import Page

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
        page.click("main button[type=submit]")
        page.goto("/finance/desk")
    page.goto("/finance/desk/" + somebody_who_owes(desk("amal")))
    assert page.evaluate("document.activeElement.name") == "amount"
    keys = ["Control+a", "5", "0", "Enter"]
    for one in keys:
        page.keyboard.press(one)
    page.wait_for_url("**/finance/receipts/*")
    assert len(keys) < 10
    assert page.evaluate("document.activeElement.textContent").strip() != ""
