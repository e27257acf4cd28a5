"""Lists of a definition are filled in rows: kept in their order, told at the row that is wrong, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.testing.people import seat_person
from kernel.viewer import Viewer
from modules.frontdesk.differences import differences
from modules.frontdesk.models import ServiceVersion
from modules.frontdesk.pages.designer.rows import SPARE
from modules.frontdesk.services import change_design
from modules.frontdesk.tests.factories import typed_rows


@pytest.fixture
def browser(town: str, client_for: Callable[..., Client]) -> Client:
    """Maha keeps the catalogue and has begun a draft."""
    seat_person(
        username="maha_k", name_ar="مها", name_en="Maha", role="catalogue_keeper", section="computer"
    )  # fmt: skip
    made = client_for("maha_k")
    made.post(reverse("frontdesk:design-start", args=["FD-001"]))
    return made


@pytest.fixture
def keeper(hadi: Viewer) -> Viewer:
    return hadi.with_permissions("frontdesk.catalogue")


def send(browser: Client, part: str, name: str = "-", **typed: Any) -> Any:
    return browser.post(reverse("frontdesk:design-item", args=["FD-001", part, name]), typed)


def kept(part: str, code: str) -> dict[str, Any]:
    draft = ServiceVersion.objects.get(service__code="FD-001", published_at=None).definition
    if part == "route":
        steps = [one for stage in draft["route"] for one in stage["steps"]]
        return next(one for one in steps if one["code"] == code)
    return next(one for one in draft[part] if one["code"] == code)


CHOICE = {"code": "use", "kind": "choice", "label_ar": "الاستعمال"}


def test_rows_are_kept_in_the_order_of_the_page_and_empty_ones_count_for_nothing(
    browser: Client,
) -> None:
    home, nothing, shop = (
        {"ident": "home", "ar": "سكن", "en": ""},
        {"ident": " ", "ar": "", "en": ""},
        {"ident": "2b", "ar": "محل", "en": "Shop"},
    )
    sent = send(browser, "fields", **CHOICE, **typed_rows("choices", shop, nothing, home))
    assert sent.status_code == 302
    assert kept("fields", "use")["choices"] == [
        {"code": "2b", "label": {"ar": "محل", "en": "Shop"}},
        {"code": "home", "label": {"ar": "سكن"}},
    ]


def test_a_page_without_the_script_has_rows_to_spare(browser: Client) -> None:
    choices = typed_rows("choices", {"ident": "home", "ar": "سكن"})
    send(browser, "fields", **CHOICE, **choices)
    page = browser.get(reverse("frontdesk:design-item", args=["FD-001", "fields", "use"]))
    shown = page.content.decode()
    for number in range(1 + SPARE):
        assert f'name="choices-{number}-ident"' in shown
    assert f'name="choices-{1 + SPARE}-ident"' not in shown
    assert "data-rows-add hidden" in shown


WRONG = [
    ("choices", [{"ident": "home", "ar": ""}], (0, "ar")),
    ("choices", [{"ident": "", "ar": "سكن"}], (0, "ident")),
    ("choices", [{"ident": "home", "ar": "أ"}, {"ident": "home", "ar": "ب"}], (1, "ident")),
    ("columns", [{"ident": "Name", "kind": "text", "ar": "الاسم"}], (0, "ident")),
    ("columns", [{"ident": "name", "kind": "table", "ar": "الاسم"}], (0, "kind")),
    ("columns", [{"ident": "name", "kind": "longtext", "ar": "الاسم"}], (0, "kind")),
]


@pytest.mark.parametrize(("name", "rows", "spot"), WRONG)
def test_what_is_wrong_is_told_at_its_row_and_everything_typed_stays(
    browser: Client, name: str, rows: list[dict[str, str]], spot: tuple[int, str]
) -> None:
    good = {"ident": "fine", "kind": "text", "ar": "سطر سليم"}
    answer = send(browser, "fields", **CHOICE, **typed_rows(name, *rows, {}, good))
    assert answer.status_code == 422
    page = answer.content.decode()
    number, part = spot
    ident = f"id_{name}-{number}-{part}"
    assert f'id="{ident}_error"' in page
    assert f'aria-describedby="{ident}_error"' in page
    assert page.count('aria-invalid="true"') >= 1
    assert page.count("part-row") and page.count(f'id="id_{name}-') > 3
    for row in rows:
        for value in row.values():
            assert f'value="{value}"' in page or not value
    assert "سطر سليم" in page
    assert f'name="{name}-{len(rows) + 1}-ident"' in page  # its place beside the empty row is kept
    assert list(answer.context["form"].errors) == [name]
    assert f" {number + 1}" in answer.context["form"].errors[name][0]


def test_substitutes_are_sets_of_papers_found_by_title_or_code(browser: Client) -> None:
    page = browser.get(reverse("frontdesk:design-item", args=["FD-001", "papers", "-"]))
    offered = next(one for one in page.context["kinds_of_paper"] if one.endswith("(sale_contract)"))
    assert f'<option value="{offered}">' in page.content.decode()
    sets = typed_rows(
        "substitutes",
        {"paper": offered, "and_2": "", "and_3": ""},
        {"paper": "mukhtar_certificate", "and_2": "survey_plan", "and_3": ""},
    )
    assert send(browser, "papers", code="title_deed", need="always", **sets).status_code == 302
    assert kept("papers", "title_deed")["substitutes"] == [
        ["sale_contract"],
        ["mukhtar_certificate", "survey_plan"],
    ]
    unknown = typed_rows(
        "substitutes", {"paper": "حجر القمر"}, {"paper": "", "and_2": "survey_plan"}
    )
    refused = send(browser, "papers", "title_deed", code="title_deed", need="always", **unknown)
    assert refused.status_code == 422
    shown = refused.content.decode()
    assert "حجر القمر" in shown
    assert 'id="id_substitutes-0-paper_error"' in shown
    assert 'id="id_substitutes-1-paper_error"' in shown


def test_a_set_larger_than_the_row_is_not_lost(browser: Client, keeper: Viewer) -> None:
    draft = ServiceVersion.objects.get(service__code="FD-001", published_at=None)
    many = ["sale_contract", "survey_plan", "mukhtar_certificate", "inheritance_deed"]
    raw = {**draft.definition, "papers": [{"code": "title_deed", "substitutes": [many]}]}
    change_design("FD-001", raw, by=keeper)
    page = browser.get(reverse("frontdesk:design-item", args=["FD-001", "papers", "title_deed"]))
    shown = page.context["form"]["substitutes"].value()
    sent = typed_rows("substitutes", *shown)
    send(browser, "papers", "title_deed", code="title_deed", need="always", **sent)
    assert kept("papers", "title_deed")["substitutes"] == [many]


FEE = {
    "code": "fee", "title_ar": "رسم", "when": "at_intake", "currency": "ILS",
    "dues_kind": "frontdesk.request_fee",
}  # fmt: skip


def test_bands_and_tables_of_a_fee_are_rows_of_numbers(browser: Client) -> None:
    bands = typed_rows(
        "bands",
        {"upto": "١٠٠", "amount": "50", "rate": ""},
        {"upto": "", "amount": "50", "rate": "١٫٥"},
    )
    assert send(browser, "fees", **FEE, kind="bands", **bands).status_code == 302
    assert kept("fees", "fee")["bands"] == [
        {"upto": "100", "amount": "50"},
        {"upto": "", "amount": "50", "rate": "1.5"},
    ]
    cells = typed_rows("cells", {"answer": "home", "amount": "٢٠"})
    assert send(browser, "fees", "fee", **FEE, kind="table", **cells).status_code == 302
    assert kept("fees", "fee")["cells"] == [{"answer": "home", "amount": "20"}]
    wrong = typed_rows("cells", {"answer": "home", "amount": "عشرون"}, {"answer": "shop"})
    refused = send(browser, "fees", "fee", **FEE, kind="table", **wrong)
    assert refused.status_code == 422
    assert "عشرون" in refused.content.decode()
    assert len(refused.context["form"].errors["cells"]) == 2


def test_what_a_row_has_no_field_for_stays_with_its_code(browser: Client, keeper: Viewer) -> None:
    draft = ServiceVersion.objects.get(service__code="FD-001", published_at=None)
    columns = [
        {"code": "state", "kind": "choice", "label": {"ar": "الحالة"}, "required": True,
         "choices": [{"code": "good", "label": {"ar": "جيد"}}]},
        {"code": "age", "kind": "number", "label": {"ar": "العمر"}, "max": "90"},
    ]  # fmt: skip
    table = {"code": "people", "kind": "table", "label": {"ar": "السكان"}, "columns": columns}
    raw = {**draft.definition, "fields": [*draft.definition["fields"], table]}
    change_design("FD-001", raw, by=keeper)
    page = browser.get(reverse("frontdesk:design-item", args=["FD-001", "fields", "people"]))
    state, age = page.context["form"]["columns"].value()
    sent = typed_rows("columns", {**age, "ar": "السن"}, {**state, "required": False})
    told = {"code": "people", "kind": "table", "label_ar": "السكان"}
    assert send(browser, "fields", "people", **told, **sent).status_code == 302
    first, second = kept("fields", "people")["columns"]
    assert first == {"code": "age", "kind": "number", "label": {"ar": "السن"}, "max": "90"}
    assert second["choices"] == columns[0]["choices"]
    assert "required" not in second


STATE = {"ident": "state", "kind": "choice", "ar": "الحالة"}
GOOD, BAD = (
    {"of": "state", "ident": "good", "ar": "جيد", "en": "Good"},
    {"of": "state", "ident": "bad", "ar": "سيئ", "en": ""},
)
CHOICES = [
    {"code": "good", "label": {"ar": "جيد", "en": "Good"}},
    {"code": "bad", "label": {"ar": "سيئ"}},
]
PLACES: Any = [
    ("fields", {"code": "rooms", "kind": "table", "label_ar": "الغرف"}, "columns", "column_choices"),
    (
        "route",
        {"code": "look", "title_ar": "كشف", "stage": "new:1", "kind": "technical_check",
         "section": "front_desk", "days": 1},
        "fields_", "field_choices",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("part", "told", "rows", "choices"), PLACES)
def test_a_new_choice_in_a_table_or_a_step_gets_its_choices_in_the_browser(
    browser: Client, part: str, told: dict[str, Any], rows: str, choices: str
) -> None:
    name = told["code"]
    asked, offered = typed_rows(rows, STATE), typed_rows(choices, GOOD, BAD)
    assert send(browser, part, **told, **asked, **offered).status_code == 302
    inside = rows.strip("_")
    assert kept(part, name)[inside][0]["choices"] == CHOICES
    page = browser.get(reverse("frontdesk:design-item", args=["FD-001", part, name]))
    assert page.context["form"][choices].value() == [GOOD, BAD]
    # One taken out, the rest stay; all taken out, none is kept.
    again = told | {"stage": "1"} if part == "route" else told
    assert (
        send(browser, part, name, **again, **asked, **typed_rows(choices, BAD)).status_code == 302
    )
    assert kept(part, name)[inside][0]["choices"] == CHOICES[1:]
    empty = typed_rows(choices, {"of": "", "ident": "", "ar": "", "en": ""})
    assert send(browser, part, name, **again, **asked, **empty).status_code == 302
    assert "choices" not in kept(part, name)[inside][0]


@pytest.mark.parametrize(("part", "told", "rows", "choices"), PLACES)
def test_a_choice_of_no_question_is_told_at_its_row_and_stays_typed(
    browser: Client, part: str, told: dict[str, Any], rows: str, choices: str
) -> None:
    asked = typed_rows(rows, STATE, {"ident": "age", "kind": "number", "ar": "العمر"})
    for stranger in ("stat", "age"):
        wrong = typed_rows(choices, GOOD, {**BAD, "of": stranger}, {**GOOD, "ar": "مرة ثانية"})
        answer = send(browser, part, **told, **asked, **wrong)
        assert answer.status_code == 422
        wrong = typed_rows(choices, GOOD, {**BAD, "of": stranger})
        answer = send(browser, part, **told, **asked, **wrong)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert list(answer.context["form"].errors) == [choices]
        assert f'id="id_{choices}-1-of_error"' in page
        assert "سيئ" in page
        assert f'value="{stranger}"' in page


def test_two_questions_may_offer_the_same_code_and_one_question_may_not(browser: Client) -> None:
    told = {"code": "rooms", "kind": "table", "label_ar": "الغرف"}
    asked = typed_rows("columns", STATE, {**STATE, "ident": "wall"})
    twice = typed_rows("column_choices", GOOD, {**GOOD, "of": "wall"})
    assert send(browser, "fields", **told, **asked, **twice).status_code == 302
    refused = send(
        browser, "fields", "rooms", **told, **asked, **typed_rows("column_choices", GOOD, GOOD)
    )
    assert refused.status_code == 422
    assert 'id="id_column_choices-1-ident_error"' in refused.content.decode()


def test_a_step_put_in_between_is_new_and_those_behind_it_change_their_stage_alone() -> None:
    check, decide, look = (
        {"code": "check", "days": 1},
        {"code": "decide", "days": 3, "decides": True},
        {"code": "look", "days": 2},
    )
    before = {"route": [{"steps": [check]}, {"steps": [decide]}]}
    after = {"route": [{"steps": [check]}, {"steps": [look]}, {"steps": [{**decide, "days": 4}]}]}
    found = {(one.where, one.kind, one.before, one.after) for one in differences(before, after)}
    assert found == {
        ("decide.days", "changed", "3", "4"),
        ("decide.stage", "changed", "2", "3"),
        ("look.code", "new", "", "look"),
        ("look.days", "new", "", "2"),
        ("look.stage", "new", "", "2"),
    }
    (days,) = (one for one in differences(before, after) if one.where == "decide.days")
    assert days.steps_there == ["decide", "أيام العمل"]
