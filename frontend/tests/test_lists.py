"""Lists: filters, sorting, pages, and the sheet of exactly what is seen."""

from io import BytesIO

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils.html import conditional_escape
from pytest_django.asserts import assertHTMLEqual
from python_calamine import CalamineWorkbook

from frontend.forms.selects import plain_select
from kernel.audit.recording import recorded
from kernel.organisation.models import Role
from kernel.parties.models import Party
from kernel.parties.services import register_organisation, register_person
from kernel.places.facts import LandUnitFacts
from kernel.places.services import register_land_unit
from kernel.testing.people import seat_person
from kernel.viewer import Viewer


@pytest.fixture
def desk(client_for: object) -> Client:
    return client_for("amal")  # type: ignore[operator,no-any-return]


@pytest.fixture
def thirty(system: Viewer, town: str) -> list[Party]:
    return [
        register_person(
            given_name="أحمد",
            father_name=chr(0x0628 + at % 20),
            family_name="بريخ",
            id_number=str(10_000_000 + at),
            by=system,
        )
        for at in range(30)
    ]


def test_a_page_holds_twenty_five_and_says_how_many_there_are(
    desk: Client, thirty: list[Party]
) -> None:
    page = desk.get("/people/").content.decode()
    assert page.count("row-link") == 25
    assert "30" in page
    assert desk.get("/people/", {"per_page": "50"}).content.decode().count("row-link") == 30


def test_a_cell_is_written_as_the_library_writes_it(
    desk: Client, thirty: list[Party], system: Viewer
) -> None:
    register_person(given_name="<b>علي</b>", family_name="بريخ & Co", known_as='"x"', by=system)
    page = desk.get("/people/", {"per_page": "50"})
    table = page.context["table"]
    body = table.body()
    for row in table.paginated_rows:
        for column, cell in row.items():
            assert f'data-label="{column.header}">{conditional_escape(cell)}</td>' in body
    assert "<b>علي" not in body


def test_a_page_beyond_the_last_is_the_last(desk: Client, thirty: list[Party]) -> None:
    assert desk.get("/people/", {"page": "99"}).content.decode().count("row-link") == 5
    assert desk.get("/people/", {"page": "x"}).status_code == 200


@pytest.mark.parametrize("chosen", ["", "b", "nobody"])
def test_a_plain_list_of_choices_says_what_django_says(chosen: str) -> None:
    class Asked(forms.Form):
        one = forms.ChoiceField(
            choices=[("", "-"), ("a", "<أ>"), ("group", [("b", "ب"), (3, "ج")])],
            help_text="؟",
            required=False,
        )

    for form in (Asked({"one": chosen}), Asked(initial={"one": chosen}, prefix="p")):
        field = form["one"]
        attrs = {"class": "form-select", "aria-describedby": "x"}
        ours, theirs = plain_select(field, dict(attrs)), field.as_widget(attrs=dict(attrs))
        assertHTMLEqual(ours, theirs)


def test_htmx_gets_only_the_list(desk: Client, thirty: list[Party]) -> None:
    part = desk.get("/people/", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="list").content.decode()
    assert "<html" not in part
    assert "row-link" in part


def test_the_sheet_holds_all_rows_typed_and_right_to_left(
    desk: Client, thirty: list[Party]
) -> None:
    answer = desk.get("/people/", {"export": "xlsx", "sort": "-full_name"})
    assert "filename*=UTF-8''" in answer["Content-Disposition"]
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 31
    assert rows[1][1].startswith("0100000")  # zeros stay: it is text
    assert "أحمد" in rows[1][0]


def test_a_text_that_looks_like_a_formula_stays_a_text(desk: Client, system: Viewer) -> None:
    register_organisation(registered_name="=HYPERLINK(A1)", by=system)
    answer = desk.get("/people/", {"export": "xlsx"})
    import zipfile

    sheet = zipfile.ZipFile(BytesIO(answer.content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b'rightToLeft="1"' in sheet


def test_filters_are_shown_as_chips_that_can_be_taken_away(desk: Client, system: Viewer) -> None:
    register_land_unit(LandUnitFacts(block_no="643", parcel_no="15", area_m2="500"), by=system)
    register_land_unit(LandUnitFacts(block_no="7", parcel_no="1"), by=system)
    page = desk.get("/places/", {"block": "٦٤٣"}).content.decode()
    assert page.count("row-link") == 1
    assert 'class="chip"' in page
    nothing = desk.get("/places/", {"block": "9999"}).content.decode()
    assert "row-link" not in nothing
    assert 'class="empty"' in nothing


def test_sorting_is_announced(desk: Client, thirty: list[Party]) -> None:
    assert 'aria-sort="ascending"' in desk.get("/people/", {"sort": "full_name"}).content.decode()
    assert 'aria-sort="descending"' in desk.get("/people/", {"sort": "-full_name"}).content.decode()


def test_quarters_of_the_town_are_entered_once_however_they_are_spelt(
    desk: Client, client_for: object
) -> None:
    with recorded(by=Viewer.system("tests")):
        Role.objects.create(code="surveyor", name_ar="مساح", permissions=["places.manage"])
    seat_person(
        username="samir", name_ar="سمير", name_en="Samir", role="surveyor", section="surveying"
    )
    page, salma = reverse("places:neighbourhoods"), client_for("samir")  # type: ignore[operator]
    assert desk.get(page).status_code == 403
    assert "لا أحياء مسجلة بعد" in salma.get(page).content.decode()
    assert salma.post(page, {"name_ar": "حي الأمل", "name_en": "Amal"}).status_code == 302
    again = salma.post(page, {"name_ar": "حيّ الامل"})
    assert again.status_code == 422
    assert "حيّ الامل" in again.content.decode()
    assert "حي الأمل" in salma.get(page).content.decode()
