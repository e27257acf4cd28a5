"""What a service will cost is printed before anything is filed, and what is missing when it is returned."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.events.models import OutboxEvent
from kernel.money import money
from kernel.policies.services import set_value
from kernel.printing.models import IssuedDocument
from kernel.printing.services import revoke_document, verification
from kernel.viewer import Viewer
from modules.frontdesk.errors import NotADraft
from modules.frontdesk.models import Request, ServiceVersion
from modules.frontdesk.selectors.missing import lapses_on, missing_letter
from modules.frontdesk.selectors.output import long_day
from modules.frontdesk.selectors.quoting import quotation_of
from modules.frontdesk.selectors.requests import pauses_of
from modules.frontdesk.services import (
    DeficiencyInput,
    change_design,
    print_quotation,
    publish_design,
    return_to_citizen,
    save_answers,
    start_design,
)
from modules.frontdesk.tests.factories import PETITION, draft, step, submitted

Api = Callable[..., Client]
PAGE_QUERIES, API_QUERIES = 5, 5
FEES = [
    {"code": "file", "kind": "flat", "amount": "10", "when": "at_intake", "title": {"ar": "رسم طلب"},
     "basis": {"ar": "نظام الرسوم لسنة 2024"}, "dues_kind": "frontdesk.request_fee"},
    {"code": "shop", "kind": "formula", "formula": "max(50, area * 1.5)", "when": "at_intake",
     "charged_if": "use == 'shop'", "title": {"ar": "رسم محل"}, "dues_kind": "frontdesk.request_fee"},
    {"code": "map", "kind": "flat", "amount": "5", "currency": "JOD", "when": "at_intake",
     "title": {"ar": "مخطط"}, "dues_kind": "frontdesk.request_fee"},
]  # fmt: skip
FIELDS = [
    {"code": "use", "kind": "choice", "label": {"ar": "الاستعمال"},
     "choices": [{"code": "home", "label": {"ar": "سكن"}}, {"code": "shop", "label": {"ar": "محل"}}]},
    {"code": "area", "kind": "number", "label": {"ar": "المساحة"}},
]  # fmt: skip


@pytest.fixture
def keeper(hadi: Viewer) -> Viewer:
    return hadi.with_permissions("frontdesk.catalogue")


@pytest.fixture
def dear(keeper: Viewer, finance: Any) -> ServiceVersion:
    """A petition that costs: 10 ILS always, a shop by its area, a map in dinars."""
    raw = json.loads(json.dumps(start_design("FD-001", by=keeper).definition))
    raw["fields"] += FIELDS
    raw["papers"] += [{"code": "site_plan", "need": "always", "asked_if": "use == 'shop'"}]
    change_design("FD-001", {**raw, "fees": FEES}, by=keeper)
    return publish_design("FD-001", note="رسوم", by=keeper)


@pytest.fixture
def shop(dear: ServiceVersion, amal: Viewer, nour: Any) -> Request:
    return draft(
        "FD-001", by=amal, applicant=nour, answers={**PETITION, "use": "shop", "area": "200"}
    )


def words(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_a_quotation_says_what_the_cash_desk_will_take(shop: Request, amal: Viewer) -> None:
    """The README's example: a shop of 200 m² costs 10 + 300 ILS and 5 JOD; a home 10 ILS and 5 JOD."""
    told = quotation_of(shop, on=today())
    assert {one.fee.code: one.amount for one in told.fees} == {
        "file": money("10"), "shop": money("300"), "map": money("5", "JOD"),
    }  # fmt: skip
    assert told.totals == (money("310"), money("5", "JOD"))
    assert told.is_whole
    assert "site_plan" in [paper.code for paper, _must in told.papers]
    save_answers(shop.uid, answers={**PETITION, "use": "home", "area": "200"}, by=amal)
    shop.refresh_from_db()
    home = quotation_of(shop, on=today())
    assert home.totals == (money("10"), money("5", "JOD"))
    assert "site_plan" not in [paper.code for paper, _must in home.papers]


def test_what_nobody_knows_yet_is_said_and_never_guessed(
    amal: Viewer, nour: Any, dear: ServiceVersion
) -> None:
    made = draft("FD-001", by=amal, applicant=nour, answers={**PETITION, "use": "shop"})
    told = quotation_of(made, on=today())
    (open_one,) = [one for one in told.fees if one.amount is None]
    assert open_one.fee.code == "shop"
    assert not told.is_whole
    assert told.totals == (money("10"), money("5", "JOD"))
    visited = draft("FD-003", by=amal, applicant=nour, answers={"description": "جار يبني"})
    (fee,) = quotation_of(visited, on=today()).fees
    assert fee.amount is None
    assert fee.step


def test_it_is_printed_under_a_number_once_and_anybody_may_verify_it(
    shop: Request, amal: Viewer
) -> None:
    document, told = print_quotation(shop.uid, by=amal)
    assert document.number == "Q-2026/00001"
    assert document.valid_until == today() + timedelta(days=30)
    again, _told = print_quotation(shop.uid, by=amal)
    assert again.pk == document.pk
    seen = verification(document.code)
    assert seen.status == "valid"
    assert ("310" in str(seen.facts)) and ("نور" not in str(seen.facts))
    sheet = words(document.file.open().read())
    assert ["السياسة", "FRD-01"] in document.data["references"]
    for part in ("310.00", "2026/00001", f"{told.version.number}"):
        assert part in sheet, part
    save_answers(shop.uid, answers={**PETITION, "use": "home"}, by=amal)
    other, _told = print_quotation(shop.uid, by=amal)
    assert other.number == "Q-2026/00002"
    event = OutboxEvent.objects.filter(name="frontdesk.QuotationPrinted").first()
    assert event is not None
    assert event.payload["number"] == "Q-2026/00001"
    revoke_document(other, reason="خطأ", by=amal.with_permissions("printing.revoke"))
    assert print_quotation(shop.uid, by=amal)[0].number == "Q-2026/00003"


def test_it_is_good_for_the_days_of_the_policy_and_never_into_a_new_tariff(
    shop: Request, keeper: Viewer, system: Viewer
) -> None:
    set_value("FRD-01.quotation_days", 7, starts_on=today(), by=system)
    assert quotation_of(shop, on=today()).valid_until == today() + timedelta(days=7)
    raw = start_design("FD-001", by=keeper).definition
    change_design("FD-001", {**raw, "days": 3}, by=keeper)
    publish_design("FD-001", in_force_from=today() + timedelta(days=4), note="تعرفة", by=keeper)
    assert quotation_of(shop, on=today()).valid_until == today() + timedelta(days=3)


def test_who_may_not_open_requests_prints_none_and_a_filed_one_has_none(
    shop: Request, amal: Viewer, karim: Viewer, nour: Any
) -> None:
    with pytest.raises(NotPermitted):
        print_quotation(shop.uid, by=karim)
    filed = submitted("FD-004", by=amal, applicant=nour, answers={"purpose": "land_registry"})
    with pytest.raises(NotADraft):
        print_quotation(filed.uid, by=amal)
    assert not IssuedDocument.objects.filter(kind="frontdesk.quotation").exists()


def test_the_clerk_asks_for_it_from_the_form_with_what_is_typed(
    shop: Request, client_for: Callable[..., Client], count_queries: Callable[[], Any]
) -> None:
    desk = client_for("amal")
    typed = {
        "applicant": str(shop.applicant.uid) if shop.applicant else "",
        **{f"answers-{code}": value for code, value in PETITION.items()},
        "answers-use": "shop", "answers-area": "٤٠٠", "quote": "1",
    }  # fmt: skip
    sent = desk.post(reverse("frontdesk:draft", args=[shop.uid]), typed)
    address = reverse("frontdesk:quotation", args=[shop.uid])
    assert sent["Location"] == address
    desk.get(address)
    with count_queries() as seen:
        page = desk.get(address).content.decode()
    assert len(seen) == PAGE_QUERIES, [one["sql"][:120] for one in seen]
    assert "600.00" in page
    assert "610.00" in page
    assert "بيان رسوم" in page  # Gaza's word; the West Bank says عرض رسوم
    printed = desk.post(address)
    assert printed["Content-Type"] == "application/pdf"
    assert b"".join(printed.streaming_content).startswith(b"%PDF")
    assert client_for("karim").get(address).status_code in (403, 404)


def test_a_programme_reads_and_prints_it(
    shop: Request, api_for: Api, count_queries: Callable[[], Any]
) -> None:
    amals = api_for("amal")
    address = f"/api/v1/requests/{shop.uid}/quotation"
    amals.get(address)
    with count_queries() as seen:
        told = amals.get(address).json()
    assert len(seen) == API_QUERIES, [one["sql"][:120] for one in seen]
    assert told["totals"] == [
        {"amount": "310.00", "currency": "ILS"}, {"amount": "5.000", "currency": "JOD"},
    ]  # fmt: skip
    assert told["document"] is None
    assert told["policy"] == "FRD-01"
    key = {"Idempotency-Key": "quote-1"}
    made = amals.post(address, {}, content_type="application/json", headers=key)
    assert made.status_code == 201
    file = made.json()["document"]["file"]
    assert amals.get(f"/api/v1/files/{file}/content").status_code == 200
    repeated = amals.post(address, {}, content_type="application/json", headers=key)
    assert repeated["Idempotency-Replayed"] == "true"
    assert api_for("karim").get(address).status_code in (403, 404)
    narrow = api_for("amal", scopes=["frontdesk:read"])
    assert narrow.post(address, {}, content_type="application/json").status_code == 403


def test_what_is_missing_is_printed_line_by_line_with_its_last_day(
    amal: Viewer, nour: Any, client_for: Callable[..., Client], api_for: Api
) -> None:
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    return_to_citizen(
        made.uid,
        step(made, "check").uid,
        deficiencies=[
            DeficiencyInput("missing_paper", target="identity_card"),
            DeficiencyInput("clarification", note="أي شارع؟"),
        ],
        by=amal,
    )
    pause = made.pauses.get()
    desk = client_for("amal")
    address = reverse("frontdesk:letter", args=[made.uid, pause.uid])
    assert address in desk.get(reverse("frontdesk:request", args=[made.uid])).content.decode()
    letter = desk.get(address)
    assert letter["Content-Type"] == "application/pdf"
    assert "2026/00001" in words(letter.content)
    data = missing_letter(made, pauses_of(made)[0], clerk="أمل", tracking_url="https://x/track")
    assert data["subject"].startswith("كتاب نواقص")
    points = data["body"][1]["points"]
    assert len(points) == 2
    assert "أي شارع؟" in points[1]
    assert long_day(lapses_on(today()) - timedelta(days=1)) in str(data["body"])
    assert data["verify_url"] == "https://x/track"
    told = api_for("amal").get(f"/api/v1/requests/{made.uid}").json()["pauses"]
    assert [one["kind"] for one in told] == ["citizen"]
    over = f"/api/v1/requests/{made.uid}/pauses/{told[0]['id']}/letter"
    assert api_for("amal").get(over).content.startswith(b"%PDF")
    nowhere = over.replace(told[0]["id"], str(made.uid))
    assert api_for("amal").get(nowhere).status_code == 404
