"""The designer in the browser: a service is changed, tried, compared and published, and refused with sentences."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import CheckboxInput, Select
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.testing.people import seat_person
from kernel.viewer import Viewer
from modules.frontdesk.constants import StepState
from modules.frontdesk.definitions import read_definition
from modules.frontdesk.errors import DefinitionInvalid, DesignChanged, FileNotAService
from modules.frontdesk.models import Request, Service, ServiceVersion
from modules.frontdesk.pages.designer.rows import RowsInput
from modules.frontdesk.selectors.catalogue import service_for
from modules.frontdesk.selectors.designing import mark_of, service_file
from modules.frontdesk.services import (
    change_design,
    complete_step,
    discard_design,
    publish_design,
    start_design,
    submit_request,
    take_in,
)
from modules.frontdesk.tests.factories import PETITION, draft, fresh, step, submitted, typed_rows

KEEPER = "frontdesk.catalogue"


@pytest.fixture
def keeper(hadi: Viewer) -> Viewer:
    return hadi.with_permissions(KEEPER)


@pytest.fixture
def browser(town: str, client_for: Callable[..., Client]) -> Client:
    """Maha keeps the catalogue."""
    seat_person(
        username="maha_k",
        name_ar="مها",
        name_en="Maha",
        role="catalogue_keeper",
        section="computer",
    )
    return client_for("maha_k")


def _page(browser: Client, name: str, *args: Any, data: Any = None, status: int = 200) -> str:
    url = reverse(f"frontdesk:{name}", args=args)
    answer = browser.post(url, data) if data is not None else browser.get(url)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def _raw(code: str = "FD-001") -> dict[str, Any]:
    return ServiceVersion.objects.get(service__code=code, published_at=None).definition


def _changed(raw: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(raw)), **changes}


def test_a_keeper_builds_a_conditional_form_with_a_fee_and_publishes_it(
    browser: Client, keeper: Viewer, finance: Any, amal: Viewer, nour: Any
) -> None:
    running = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    _page(browser, "design-start", "FD-001", data={}, status=302)
    choice = {
        "code": "use", "kind": "choice", "label_ar": "الاستعمال", "required": "on",
        **typed_rows("choices", {"ident": "home", "ar": "سكن"}, {"ident": "shop", "ar": "محل", "en": "Shop"}),
    }  # fmt: skip
    _page(browser, "design-item", "FD-001", "fields", "-", data=choice, status=302)
    number = {
        "code": "area", "kind": "number", "label_ar": "المساحة", "required": "on",
        "shown_if": "use == 'shop'", "min": "0",
    }  # fmt: skip
    _page(browser, "design-item", "FD-001", "fields", "-", data=number, status=302)
    fee = {
        "code": "fee", "title_ar": "رسم", "kind": "formula", "when": "at_intake", "currency": "ILS",
        "dues_kind": "frontdesk.request_fee", "formula": "max(50, area * 1.5)", "charged_if": "use == 'shop'",
    }  # fmt: skip
    _page(browser, "design-item", "FD-001", "fees", "-", data=fee, status=302)
    paper = {
        "code": "title_deed", "need": "always", "asked_if": "use == 'shop'",
        "legal_basis_ar": "المادة 5",
        **typed_rows(
            "substitutes",
            {"paper": "sale_contract"},
            {"paper": "mukhtar_certificate", "and_2": "survey_plan"},
        ),
    }  # fmt: skip
    _page(browser, "design-item", "FD-001", "papers", "-", data=paper, status=302)
    legal = {
        "code": "legal", "title_ar": "فحص قانوني", "stage": "new:2", "kind": "legal_check", "section": "legal",
        "days": "2", "done_if": "use == 'shop' && area > 100",
        **typed_rows(
            "fields_",
            {"ident": "opinion", "kind": "longtext", "ar": "الرأي", "en": "Opinion", "required": "on"},
        ),
    }  # fmt: skip
    _page(browser, "design-item", "FD-001", "route", "-", data=legal, status=302)
    tried = _page(
        browser, "trial", "FD-001",
        data={"answers-subject": "س", "answers-details": "ت", "answers-use": "shop", "answers-area": "٢٠٠"},
    )  # fmt: skip
    assert "300.00" in tried
    assert "فحص قانوني" in _page(browser, "compare", "FD-001")
    day = f"{today():%d/%m/%Y}"
    _page(browser, "publish", "FD-001", data={"in_force_from": day, "note": "محلات"}, status=302)

    home = submitted(
        "FD-001", by=amal, applicant=nour, answers={**PETITION, "use": "home", "area": "9"}
    )
    assert home.answers.get("area") is None
    assert not home.fees.exists()
    complete_step(home.uid, step(home, "check").uid, by=amal)
    assert step(home, "legal").state == StepState.SKIPPED
    assert step(home, "decide").state == StepState.OPEN
    shop = draft(
        "FD-001", by=amal, applicant=nour, answers={**PETITION, "use": "shop", "area": "200"}
    )
    stopped = submit_request(shop.uid, by=amal)
    assert [one.target for gate in stopped.stopped_by for one in gate.reasons] == [
        "papers.title_deed"
    ]
    assert fresh(running).service_version.number == 1


def test_what_was_typed_stays_when_a_rule_cannot_be_read(browser: Client) -> None:
    _page(browser, "design-start", "FD-001", data={}, status=302)
    typed = {
        "code": "area",
        "kind": "number",
        "label_ar": "المساحة بالمتر",
        "shown_if": "usee == 'shop'",
    }
    page = _page(browser, "design-item", "FD-001", "fields", "-", data=typed, status=422)
    assert "المساحة بالمتر" in page
    assert "usee == &#x27;shop&#x27;" in page
    said = _page(
        browser, "design-rule", "FD-001",
        data={"field": "shown_if", "shown_if": "usee == 1", "part": "fields", "item": "-"},
    )  # fmt: skip
    assert "usee" in said


FAULTY = [
    ({"days": -1}, "days"),
    ({"fees": [{"code": "f", "kind": "flat", "amount": "5", "title": {"ar": "ر"}, "when": "at_intake",
                "dues_kind": "nobody.knows"}]}, "fees.f.dues_kind"),
    ({"papers": [{"code": "moon_stone"}]}, "papers.moon_stone"),
    ({"messages": {"submitted": {"ar": "مرحباً {nobody}"}}}, "messages.submitted"),
    ({"applicant": {"anonymous": True}, "gates": {"dues": "block"}}, "gates.dues"),
    ({"fields": [{"code": "a", "kind": "bool", "label": {"ar": "س"}, "shown_if": "a && !a"}]},
     "fields.a.shown_if"),
    ({"fields": [{"code": "a", "kind": "text", "label": {"ar": "س"}, "prefill": "party.shoe_size"}]},
     "fields.a.prefill"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "path"), FAULTY)
def test_a_fault_refuses_publishing_and_says_where(
    keeper: Viewer, change: dict[str, Any], path: str
) -> None:
    start_design("FD-001", by=keeper)
    change_design("FD-001", _changed(_raw(), **change), by=keeper)
    with pytest.raises(DefinitionInvalid) as refused:
        publish_design("FD-001", note="x", by=keeper)
    assert any(fault.startswith(f"{path}: ") for fault in refused.value.faults), (
        refused.value.faults
    )
    assert service_for(keeper, "FD-001").in_force.number == 1


ROUTE_FAULTS = [
    ({"role": "wizard"}, "route.legal.role"),
    ({"section": "atlantis"}, "route.legal.section"),
    ({"done_if": "check.outcome == 'approved' && check.outcome == 'done'"}, "route.legal.done_if"),
    ({"done_if": "decision == 'approved'"}, "route.legal.done_if"),
    ({"done_if": "check.outcome == 'nonsense'"}, "route.2"),
    ({"decides": True}, "route"),
    ({"days": "two"}, "route[1].steps[0].days"),
    ({"kind": "delivery"}, "route"),
]


@pytest.mark.parametrize(("change", "path"), ROUTE_FAULTS)
def test_a_route_that_leads_nowhere_is_refused(
    keeper: Viewer, change: dict[str, Any], path: str
) -> None:
    start_design("FD-001", by=keeper)
    raw = _changed(_raw())
    legal = {
        "code": "legal",
        "title": {"ar": "فحص"},
        "kind": "legal_check",
        "section": "legal",
        **change,
    }
    raw["route"].insert(1, {"steps": [legal]})
    change_design("FD-001", raw, by=keeper)
    with pytest.raises(DefinitionInvalid) as refused:
        publish_design("FD-001", note="x", by=keeper)
    assert any(fault.startswith(f"{path}: ") for fault in refused.value.faults), (
        refused.value.faults
    )


def test_every_seeded_service_could_be_published_again(keeper: Viewer, finance: Any) -> None:
    from modules.frontdesk.publishing import judge_definition
    from modules.frontdesk.selectors.designing import here

    place = here()
    for one in Service.objects.select_related("current"):
        verdict = judge_definition(one.in_force.design, place)
        assert verdict.is_sound, (one.code, [str(fault) for fault in verdict.faults])


def test_two_keepers_do_not_overwrite_one_another(keeper: Viewer) -> None:
    seen = mark_of(start_design("FD-001", by=keeper).definition)
    change_design("FD-001", _changed(_raw(), days=3), seen=seen, by=keeper)
    with pytest.raises(DesignChanged):
        change_design("FD-001", _changed(_raw(), days=9), seen=seen, by=keeper)
    assert _raw()["days"] == 3


def test_a_version_published_for_later_comes_into_force_by_itself(
    keeper: Viewer, system: Viewer, sunday: Any
) -> None:
    from modules.frontdesk.services.nightly import put_versions_in_force

    start_design("FD-001", by=keeper)
    change_design("FD-001", _changed(_raw(), days=3), by=keeper)
    publish_design("FD-001", in_force_from=today() + timedelta(days=3), note="x", by=keeper)
    assert service_for(keeper, "FD-001").in_force.number == 1
    sunday.shift(timedelta(days=5))  # a night without the task in between
    assert put_versions_in_force(by=system) == 1
    assert service_for(keeper, "FD-001").in_force.number == 2
    assert put_versions_in_force(by=system) == 0


def test_a_service_travels_to_another_town_as_a_file(
    browser: Client, keeper: Viewer, client_for: Callable[..., Client]
) -> None:
    file = json.loads(_page(browser, "service-file", "FD-004"))
    sent = SimpleUploadedFile("x.json", json.dumps(file).encode(), content_type="application/json")
    _page(browser, "service-take-in", data={"file": sent, "code": "FD-900"}, status=302)
    taken = Service.objects.get(code="FD-900")
    assert taken.current is None
    assert not taken.is_offered
    publish_design("FD-900", note="من بلدية أخرى", by=keeper)
    assert (
        service_for(keeper, "FD-900").in_force.design
        == service_for(keeper, "FD-004").in_force.design
    )
    with pytest.raises(FileNotAService):
        take_in({**file, "definition": {**file["definition"], "days": 99}}, by=keeper)
    with pytest.raises(FileNotAService):
        take_in({"format": "other"}, by=keeper)
    assert service_file(taken.versions.get())["mark"]


def test_a_new_service_begins_as_a_draft_and_may_be_thrown_away(
    browser: Client, keeper: Viewer
) -> None:
    made = {"code": "FD-901", "title_ar": "شهادة جديدة", "group": "front_desk"}
    _page(browser, "service-new", data=made, status=302)
    assert "شهادة جديدة" in _page(browser, "design", "FD-901")
    _page(browser, "service-new", data=made, status=422)
    discard_design("FD-901", by=keeper)
    assert not Service.objects.filter(code="FD-901").exists()


def test_items_are_moved_and_taken_out_by_buttons(browser: Client) -> None:
    _page(browser, "design-start", "FD-001", data={}, status=302)
    first, second = (one["code"] for one in _raw()["fields"][:2])
    _page(browser, "design-move", "FD-001", "fields", second, data={"act": "up"}, status=302)
    assert [one["code"] for one in _raw()["fields"][:2]] == [second, first]
    _page(browser, "design-move", "FD-001", "fields", second, data={"act": "remove"}, status=302)
    assert _raw()["fields"][0]["code"] == first
    _page(browser, "design-move", "FD-001", "route", "deliver", data={"act": "up"}, status=302)
    assert [stage["steps"][0]["code"] for stage in _raw()["route"]] == [
        "check",
        "deliver",
        "decide",
    ]
    shown = _page(browser, "design", "FD-001")
    assert "قبل القرار" in shown
    assert "قلم الجمهور" in shown  # the section by its name, not by its code
    assert "front_desk" not in shown
    assert "1 أيام" not in shown


@pytest.mark.parametrize("code", ["PL-001", "FD-004", "FD-002"])
def test_an_item_saved_as_it_is_shown_changes_nothing(browser: Client, code: str) -> None:
    _page(browser, "design-start", code, data={}, status=302)
    before = read_definition(_raw(code))
    raw = _raw(code)
    items = [
        (part, one["code"]) for part in ("fields", "papers", "fees") for one in raw.get(part, ())
    ]
    items += [("route", one["code"]) for stage in raw["route"] for one in stage["steps"]]
    for part, name in items:
        shown = browser.get(reverse("frontdesk:design-item", args=[code, part, name]))
        typed = _shown(shown.context["form"])
        if part == "route":
            assert typed["days"] != ""
        answer = browser.post(reverse("frontdesk:design-item", args=[code, part, name]), typed)
        assert answer.status_code == 302, (part, name, answer.context["form"].errors)
        assert read_definition(_raw(code)) == before, (part, name)


def _shown(form: Any) -> dict[str, str]:
    """What a browser sends of a form that nobody touched."""
    typed = {}
    for field in form:
        widget, value = field.field.widget, field.value()
        if isinstance(widget, RowsInput):
            typed |= typed_rows(field.html_name, *value, {})
        elif isinstance(widget, CheckboxInput):
            typed |= {field.html_name: "on"} if value else {}
        elif isinstance(widget, Select):
            first = str(next(iter(widget.choices))[0])  # what a browser sends of a list untouched
            typed[field.html_name] = first if value in (None, "") else value
        else:
            typed[field.html_name] = widget.format_value(value) or ""
    return typed


@pytest.mark.parametrize("part", ["basics", "texts"])
def test_a_part_saved_as_it_is_changes_nothing(browser: Client, part: str) -> None:
    from modules.frontdesk.pages.designer.forms import BasicsForm
    from modules.frontdesk.pages.designer.texts import TextsForm
    from modules.frontdesk.pages.intake import group_choices

    _page(browser, "design-start", "FD-004", data={}, status=302)
    raw = _raw("FD-004")
    before = read_definition(raw)
    form: Any = (
        BasicsForm(raw=raw, groups=group_choices()) if part == "basics" else TextsForm(raw=raw)
    )
    typed = {name: value for name, value in form.initial.items() if value not in (None, False)}
    sent: Any = (
        BasicsForm(typed, raw=raw, groups=group_choices())
        if part == "basics"
        else TextsForm(typed, raw=raw)
    )
    assert sent.is_valid(), sent.errors
    _page(browser, f"design-{part}", "FD-004", data=typed, status=302)
    assert read_definition(_raw("FD-004")) == before


def test_a_table_of_rows_is_asked_kept_and_counted(
    keeper: Viewer, browser: Client, amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    start_design("FD-001", by=keeper)
    raw = _changed(_raw())
    raw["fields"].append(
        {
            "code": "owners", "kind": "table", "label": {"ar": "المالكون"}, "max": "3", "valid_if": "sum(owners, 'share') <= 1",
            "columns": [
                {"code": "name", "kind": "text", "label": {"ar": "الاسم"}, "required": True},
                {"code": "share", "kind": "number", "label": {"ar": "الحصة"}},
            ],
        }
    )  # fmt: skip
    change_design("FD-001", raw, by=keeper)
    publish_design("FD-001", note="x", by=keeper)
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    desk = client_for("amal")
    typed = {
        "applicant": str(nour.uid),
        **{f"answers-{code}": value for code, value in PETITION.items()},
        "answers-owners-0-name": "سمير", "answers-owners-0-share": "٠٫٥",
        "answers-owners-1-name": "منى", "answers-owners-1-share": "0.5",
    }  # fmt: skip
    url = reverse("frontdesk:draft", args=[made.uid])
    assert desk.post(url, typed).status_code == 302
    kept = Request.objects.get(pk=made.pk).answers["owners"]
    assert kept == [{"name": "سمير", "share": "0.5"}, {"name": "منى", "share": "0.5"}]
    assert "سمير" in desk.get(url).content.decode()
    refused = desk.post(url, {**typed, "answers-owners-1-share": "0.9"})
    assert refused.status_code == 422
    assert "منى" in refused.content.decode()


def test_the_desks_form_shows_a_question_when_its_condition_holds(
    keeper: Viewer, amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    start_design("FD-001", by=keeper)
    raw = _changed(_raw())
    raw["sections"] = [{"code": "shop", "title": {"ar": "عن المحل"}, "shown_if": "is_shop"}]
    raw["fields"] += [
        {"code": "is_shop", "kind": "bool", "label": {"ar": "محل"}},
        {
            "code": "trade",
            "kind": "text",
            "label": {"ar": "الصنعة"},
            "required": True,
            "section": "shop",
        },
    ]
    change_design("FD-001", raw, by=keeper)
    publish_design("FD-001", note="x", by=keeper)
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    desk = client_for("amal")
    assert "الصنعة" not in desk.get(reverse("frontdesk:draft", args=[made.uid])).content.decode()
    part = desk.post(
        reverse("frontdesk:questions", args=[made.uid]),
        {"answers-subject": "ما كُتب للتو", "answers-is_shop": "on"},
    ).content.decode()
    assert "الصنعة" in part
    assert "عن المحل" in part
    assert "ما كُتب للتو" in part
