"""Power cuts, slow lines, ended sessions, quick fingers: what was typed is there, and is there once."""

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Page, expect

from tenants.demo.staff import PASSWORD

Desk = Callable[..., Page]
SAVED = "مسودة"


def type_a_person(page: Page, family: str) -> None:
    page.goto("/people/new")
    page.fill("[name=given_name]", "سمر")
    page.fill("[name=father_name]", "علي")
    page.fill("[name=grandfather_name]", "حسن")
    page.fill("[name=family_name]", family)


def a_family() -> str:
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    return "آل " + "".join(letters[int(digit, 16)] for digit in uuid4().hex[:10])


def test_a_draft_is_saved_and_comes_back_after_the_power_was_cut(desk: Desk) -> None:
    page, family = desk("amal"), a_family()
    type_a_person(page, family)
    expect(page.locator("[data-draft-mark]")).to_contain_text(SAVED, timeout=15_000)
    page.evaluate(
        "window.onbeforeunload = null; window.addEventListener('beforeunload', e => e.stopImmediatePropagation(), true)"
    )
    page.goto("/people/new")
    expect(page.locator("[name=family_name]")).to_have_value(family)


def test_what_was_typed_a_moment_ago_goes_along_when_another_button_leads_away(desk: Desk) -> None:
    """A paper on file is used again, or a paper removed: forms of their own, pressed within the five seconds."""
    page = desk("amal")
    page.goto("/frontdesk/new")
    page.click("button[name=service][value='FD-001'] >> nth=0")
    page.wait_for_url("**/frontdesk/drafts/**")
    draft, subject = page.url, a_family()
    page.fill("[name='answers-subject']", subject)
    page.evaluate(
        """() => { const form = document.querySelector("#papers form"), note = document.createElement("input");
        note.type = "hidden"; note.name = "reuse"; note.value = ""; form.append(note); form.submit(); }"""
    )
    expect(page.locator("[name='answers-subject']")).to_have_value(subject)
    page.fill("[name='answers-subject']", subject + "!")
    page.goto("/")
    other = page.context.new_page()  # another window: no shelf of this tab, only the server
    other.goto(draft)
    expect(other.locator("[name='answers-subject']")).to_have_value(subject + "!")


def test_without_a_line_the_draft_stays_on_this_computer(desk: Desk) -> None:
    page, family = desk("amal"), a_family()
    type_a_person(page, family)
    page.context.set_offline(True)
    page.fill("[name=known_as]", "أم علي")
    expect(page.locator("[data-draft-mark]")).to_contain_text("على هذا الجهاز", timeout=15_000)
    assert page.evaluate("Object.keys(localStorage).some(key => key.startsWith('draft:'))")
    page.context.set_offline(False)
    page.fill("[name=known_as]", "أم علي حسن")
    expect(page.locator("[data-draft-mark]")).not_to_contain_text("على هذا الجهاز", timeout=15_000)
    assert not page.evaluate("Object.keys(localStorage).some(key => key.startsWith('draft:'))")


def test_two_quick_clicks_make_one_person(desk: Desk) -> None:
    page, family = desk("amal"), a_family()
    type_a_person(page, family)
    page.evaluate("const b = document.querySelector('.form-foot .btn-main'); b.click(); b.click();")
    page.wait_for_url("**/people/*-*")
    page.goto(f"/people/?q={family}")
    assert page.locator(".hits a.hit").count() == 1


def test_a_session_that_ended_is_renewed_in_a_dialog_and_the_draft_is_kept(desk: Desk) -> None:
    page, family = desk("amal"), a_family()
    type_a_person(page, family)
    page.context.clear_cookies(name="session")
    page.fill("[name=known_as]", "أم سمر")
    page.wait_for_selector("#relogin[open]", timeout=15_000)
    page.fill("#relogin-word", "wrong word here")
    page.click("#relogin .btn-main")
    expect(page.locator("[data-relogin-error]")).to_be_visible()
    page.fill("#relogin-word", PASSWORD)
    page.click("#relogin .btn-main")
    page.wait_for_selector("#relogin", state="hidden")
    assert page.input_value("[name=family_name]") == family
    expect(page.locator("[data-draft-mark]")).to_contain_text(SAVED, timeout=15_000)
    page.click(".form-foot .btn-main")
    page.wait_for_url("**/people/*-*")


def test_leaving_with_something_unsaved_is_asked_about(desk: Desk) -> None:
    page = desk("amal")
    type_a_person(page, a_family())
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click(".sidenav a[href='/']")
    page.wait_for_url("**/")
    assert asked == ["beforeunload"]


def test_a_refused_form_comes_back_whole_with_the_focus_on_its_errors(desk: Desk) -> None:
    page = desk("amal")
    page.goto("/people/new")
    page.fill("[name=given_name]", "سمر")
    page.fill("[name=birth_date]", "31/02/2020")
    page.click(".form-foot .btn-main")
    page.wait_for_selector("[data-errors]")
    assert page.evaluate("document.activeElement.hasAttribute('data-errors')")
    assert page.input_value("[name=given_name]") == "سمر"
    assert page.input_value("[name=birth_date]") == "31/02/2020"


def test_somebody_alike_is_shown_while_the_name_is_typed(desk: Desk) -> None:
    page = desk("amal")
    page.goto("/people/")
    names = page.locator("a.row-link").first.inner_text().split()
    page.goto("/people/new")
    for field, value in zip(
        ["given_name", "father_name", "grandfather_name"], names[:3], strict=False
    ):
        page.fill(f"[name={field}]", value)
    page.fill("[name=family_name]", " ".join(names[3:]))
    page.locator("[name=family_name]").blur()
    page.wait_for_selector("#similar .hit", timeout=10_000)


def test_a_wrong_check_digit_warns_and_a_right_one_does_not(desk: Desk) -> None:
    page = desk("amal")
    page.goto("/people/new")
    page.fill("[name=id_number]", "401234563")
    page.locator("[name=id_number]").blur()
    expect(page.locator("#id_id_number_warning")).to_be_visible()
    page.fill("[name=id_number]", "٤٠١٢٣٤٥٦٢")
    page.locator("[name=id_number]").blur()
    expect(page.locator("#id_id_number_warning")).to_be_hidden()
