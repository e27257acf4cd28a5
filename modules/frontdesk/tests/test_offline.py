"""The offline desk: numbers out of reserved blocks, each thing received once, whole, and never lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.errors import NotPermitted
from kernel.events.models import OutboxEvent
from kernel.parties.models import Party
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.frontdesk.constants import OfflineOutcome, State
from modules.frontdesk.errors.offline import (
    NumberNotOurs,
    PaperNotSent,
    PersonDiffers,
    PersonDoubtful,
    TakenTwice,
)
from modules.frontdesk.models import OfflineBlock, OfflineTaking, Request, RequestPaper
from modules.frontdesk.selectors.offline import blocks_of, request_of_slip, stopped_of
from modules.frontdesk.services import discard_draft, submit_request
from modules.frontdesk.services.offline import (
    OfflinePaper,
    OfflinePerson,
    Taken,
    give_up,
    receive_offline,
)
from modules.frontdesk.services.offline_blocks import Told, sit_down, stand_up
from modules.frontdesk.tests.factories import CLEARANCE, PETITION, png, scan
from modules.frontdesk.tests.fakes import FakeDues, due

SAMAR = {
    "given_name": "سمر",
    "father_name": "علي",
    "grandfather_name": "حسن",
    "family_name": "النجار",
}
Staff = Callable[[str], Viewer]


def taken(block: OfflineBlock | None = None, at: int = 0, **more: Any) -> Taken:
    """A petition taken an hour ago under the next number of the block."""
    number = block.first + at if block else None
    facts: dict[str, Any] = {
        "key": uuid4(),
        "service_code": "FD-001",
        "taken_at": timezone.now() - timedelta(hours=1),
        "provisional": block.label(number) if block and number else "3F9A2C11",
        "block": block.uid if block else None,
        "number": number,
        "person": OfflinePerson(id_number="401234562"),
        "answers": PETITION,
    }
    return Taken(**{**facts, **more})


def proof(by: Viewer, code: str) -> OfflinePaper:
    """The paper by which somebody acts for another, sent before as well."""
    return OfflinePaper(code, scan(by, "سند.png", shade=120).sha256, "سند.png")


def card(by: Viewer) -> list[OfflinePaper]:
    """The identity card that a petition asks for, its bytes sent before by whoever took it."""
    return [OfflinePaper("identity_card", scan(by).sha256, "هوية.png")]


@pytest.fixture
def block(amal: Viewer) -> OfflineBlock:
    return sit_down(uuid4(), by=amal)[0]


# --- Blocks -------------------------------------------------------------------------------------


def test_blocks_of_two_clerks_never_share_a_number(amal: Viewer, staff: Staff) -> None:
    one, other = sit_down(uuid4(), by=amal)[0], sit_down(uuid4(), by=staff("hanan"))[0]

    assert (one.first, one.last) == (1, 30)
    assert (other.first, other.last) == (31, 60)
    assert one.label(1) == f"OFF-D{amal.user_id}-0001"
    assert AuditEntry.objects.filter(table_name="frontdesk_offlineblock").count() == 2


def test_the_same_computer_goes_on_with_its_block_and_gets_more_before_it_is_used_up(
    amal: Viewer,
) -> None:
    store = uuid4()
    first = sit_down(store, by=amal)[0]

    again = sit_down(store, told=(Told(first.uid, 20),), by=amal)
    more = sit_down(store, told=(Told(first.uid, 21),), by=amal)

    assert [one.uid for one in again] == [first.uid] and again[0].printed_to == 20
    assert [one.first for one in more] == [1, 31]


def test_a_block_of_yesterday_is_given_back_when_nothing_waits_under_it(
    amal: Viewer, sunday: time_machine.Traveller
) -> None:
    store = uuid4()
    first = sit_down(store, by=amal)[0]
    sunday.shift(timedelta(days=1))

    sit_down(store, told=(Told(first.uid, 2),), waiting=1, by=amal)
    first.refresh_from_db()
    assert first.returned_at is None and first.waiting == 1

    sit_down(store, told=(Told(first.uid, 2),), by=amal)
    first.refresh_from_db()
    assert first.returned_at is not None and first.printed_to == 2


def test_standing_up_gives_the_numbers_back(amal: Viewer, block: OfflineBlock) -> None:
    assert stand_up(block.store, told=(Told(block.uid, 3),), by=amal) == 1

    block.refresh_from_db()
    assert block.returned_at is not None and block.printed_to == 3
    assert sit_down(block.store, by=amal)[0].first == 31


def test_the_database_keeps_blocks_apart_and_as_they_were(
    amal: Viewer, system: Viewer, block: OfflineBlock
) -> None:
    rows = OfflineBlock.objects.filter(pk=block.pk)
    for change in ({"first": 5}, {"last": 99}, {"owner_id": system.user_id or 0}, {"desk": "X"}):
        with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=system):
            rows.update(**change)
    sit_down(block.store, told=(Told(block.uid, 9),), by=amal)
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=system):
        rows.update(printed_to=4)
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=system):
        rows.delete()


def test_the_database_refuses_a_number_of_anothers_block_and_one_used_twice(
    amal: Viewer, staff: Staff, nour: Any, block: OfflineBlock
) -> None:
    receive_offline(taken(block), by=amal)
    row = {
        "block": block,
        "provisional": "x",
        "taken_at": timezone.now(),
        "outcome": OfflineOutcome.VOID,
        "reason": "x",
    }
    for change in (
        {"number": block.first, "taken_by_id": amal.user_id},
        {"number": block.last + 1, "taken_by_id": amal.user_id},
        {"number": block.first + 1, "taken_by_id": staff("hanan").user_id},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            OfflineTaking.objects.create(**row, **change)


# --- Receiving ----------------------------------------------------------------------------------


def test_what_was_taken_offline_becomes_a_request_with_an_official_number(
    amal: Viewer, nour: Any, block: OfflineBlock
) -> None:
    one = taken(block, papers=card(amal))

    told = receive_offline(one, by=amal)

    made = Request.objects.get()
    assert (told["outcome"], told["number"]) == ("accepted", "2026/00001")
    assert made.state != State.DRAFT and made.applicant_id == nour.pk
    assert made.provisional_number == one.provisional
    first, second = made.trail.order_by("id")[:2]
    assert first.verb == "taken_offline" and first.get_verb_display() == "استُلم دون اتصال"
    assert first.text == f"{one.provisional} · 06/12/2026 08:00"
    assert second.verb == "submitted"
    row = OfflineTaking.objects.get()
    assert (row.request_uid, row.number, row.taken_by_id) == (made.uid, 1, amal.user_id)
    assert row.created_at > row.taken_at and row.clock_fits
    assert RequestPaper.objects.get().file_id is not None
    assert AuditEntry.objects.filter(table_name="frontdesk_request", operation="insert").exists()
    assert OutboxEvent.objects.filter(name="frontdesk.RequestSubmitted").count() == 1
    assert request_of_slip(1) == made


def test_the_same_key_again_gets_the_first_answer_and_makes_nothing(
    amal: Viewer, nour: Any, block: OfflineBlock
) -> None:
    one = taken(block, papers=card(amal))

    answers = [receive_offline(one, by=amal) for _ in range(4)]

    assert answers.count(answers[0]) == 4
    assert (answers[0]["outcome"], answers[0]["number"]) == ("accepted", "2026/00001")
    assert Request.objects.count() == OfflineTaking.objects.count() == 1


def test_the_same_key_with_other_content_or_from_somebody_else_is_refused(
    amal: Viewer, staff: Staff, nour: Any, block: OfflineBlock
) -> None:
    one = taken(block, papers=card(amal))
    receive_offline(one, by=amal)

    with pytest.raises(TakenTwice):
        receive_offline(replace(one, answers={**PETITION, "subject": "غيره"}), by=amal)
    with pytest.raises(TakenTwice):
        receive_offline(replace(one, block=None, number=None), by=staff("hanan"))
    assert Request.objects.count() == 1


def test_a_number_is_received_once_and_only_from_whom_it_was_reserved_for(
    amal: Viewer, staff: Staff, nour: Any, block: OfflineBlock
) -> None:
    receive_offline(taken(block), by=amal)

    for one, by in ((taken(block), amal), (taken(block, 1), staff("hanan"))):
        with pytest.raises(NumberNotOurs):
            receive_offline(one, by=by)
    assert Request.objects.count() == 1


def test_without_a_number_left_it_is_received_all_the_same(amal: Viewer, nour: Any) -> None:
    receive_offline(taken(), by=amal)

    assert OfflineTaking.objects.get().block is None
    assert Request.objects.get().provisional_number == "3F9A2C11"


def test_a_new_person_is_registered_with_the_request(amal: Viewer, town: str) -> None:
    person = OfflinePerson(id_number="900000001", names=SAMAR, phone="+970599000111")

    told = receive_offline(taken(person=person, papers=card(amal)), by=amal)

    assert told["outcome"] == "accepted"
    made = Request.objects.select_related("applicant").get()
    assert made.applicant is not None and made.applicant.id_number == "900000001"
    assert made.contact_phone == "+970599000111"


def test_somebody_alike_is_asked_about_and_the_clerks_word_counts(amal: Viewer, nour: Any) -> None:
    names = {
        "given_name": "نور",
        "father_name": "خليل",
        "grandfather_name": "محمد",
        "family_name": "الأسطل",
    }
    one = taken(person=OfflinePerson(id_number="", names=names), papers=card(amal))

    with pytest.raises(PersonDoubtful) as doubt:
        receive_offline(one, by=amal)

    assert [row["uid"] for row in doubt.value.alike] == [str(nour.uid)]
    assert not Request.objects.exists() and not OfflineTaking.objects.exists()
    same = OfflinePerson(names=names, same_as=nour.uid)
    assert receive_offline(replace(one, person=same), by=amal)["outcome"] == "accepted"
    other = OfflinePerson(names=names, is_another=True)
    told = receive_offline(taken(person=other, papers=card(amal)), by=amal)
    assert told["outcome"] == "accepted"
    assert Party.objects.filter(given_name="نور", family_name="الأسطل").count() == 2


def test_an_id_number_under_another_name_is_a_conflict(amal: Viewer, nour: Any) -> None:
    person = OfflinePerson(id_number="401234562", names=SAMAR)

    with pytest.raises(PersonDiffers) as differs:
        receive_offline(taken(person=person), by=amal)

    assert differs.value.alike[0]["id_number"] == "401234562"
    assert not Request.objects.exists()


def test_a_paper_that_did_not_arrive_keeps_the_request_back(amal: Viewer, nour: Any) -> None:
    with pytest.raises(PaperNotSent):
        receive_offline(taken(papers=[OfflinePaper("other", "0" * 64, "عقد.pdf")]), by=amal)
    assert not Request.objects.exists()


def test_another_clerks_file_is_no_paper_of_mine(amal: Viewer, staff: Staff, nour: Any) -> None:
    theirs = scan(staff("hanan"))
    with pytest.raises(PaperNotSent):
        receive_offline(taken(papers=[OfflinePaper("other", theirs.sha256, "x.png")]), by=amal)


def test_what_a_gate_stops_becomes_a_draft_with_its_reason_and_is_not_lost(
    amal: Viewer, nour: Any, block: OfflineBlock, finance: Any, sunday: time_machine.Traveller
) -> None:
    FakeDues.lines = (due("500.000"),)
    one = taken(
        block,
        service_code="FD-004",
        answers=CLEARANCE,
        papers=card(amal),
    )

    told = receive_offline(one, by=amal)

    made = Request.objects.get()
    assert told["outcome"] == "stopped" and made.state == State.DRAFT
    assert any("500" in sentence for sentence in told["sentences"])
    assert OfflineTaking.objects.get().outcome == OfflineOutcome.STOPPED
    assert [row.request for row in stopped_of(amal)] == [made]

    FakeDues.lines = ()
    sunday.shift(timedelta(days=1))
    assert submit_request(made.uid, by=amal).accepted
    assert [one.verb for one in made.trail.order_by("id")][:2] == ["taken_offline", "submitted"]
    assert stopped_of(amal) == []
    made.refresh_from_db()
    assert made.submitted_on == date(2026, 12, 6)


def test_a_stopped_draft_that_is_thrown_away_stays_told(
    amal: Viewer, staff: Staff, nour: Any, block: OfflineBlock, no_finance: None
) -> None:
    receive_offline(taken(block, service_code="FD-004", answers=CLEARANCE), by=amal)
    discard_draft(Request.objects.get().uid, by=amal)

    (row,) = blocks_of(staff("hanan"), since=date(2026, 12, 1), until=date(2026, 12, 31))
    assert row.used == (1,) and row.takings[0].request is None and not row.takings[0].is_open


def test_a_number_given_up_is_told_with_its_reason_once(
    amal: Viewer, staff: Staff, block: OfflineBlock
) -> None:
    one = taken(block, 1)
    for _ in range(2):
        give_up(one, reason="انصرف المراجع", by=amal)

    row = OfflineTaking.objects.get()
    assert (row.outcome, row.reason, row.request_uid) == ("void", "انصرف المراجع", None)
    (shown,) = blocks_of(staff("hanan"), since=date(2026, 12, 1), until=date(2026, 12, 31))
    assert shown.used == (2,) and shown.unsent == [block.label(1)] and shown.unused == 28


def test_only_who_may_open_requests_sits_at_the_offline_desk(staff: Staff) -> None:
    with pytest.raises(NotPermitted):
        sit_down(uuid4(), by=staff("jamal"))
    with pytest.raises(NotPermitted):
        receive_offline(taken(), by=staff("jamal"))
    with pytest.raises(NotPermitted):
        blocks_of(staff("jamal"), since=date(2026, 12, 1), until=date(2026, 12, 31))


# --- The clock (policy INF-03) --------------------------------------------------------------------


def test_the_days_count_from_the_desk_or_from_the_receipt_as_the_policy_says(
    amal: Viewer, nour: Any, system: Viewer, sunday: time_machine.Traveller
) -> None:
    """Five days. Taken on Sunday 6 December, received on Monday 7: promised Sunday 13, or Monday 14."""
    at = timezone.now()
    sunday.shift(timedelta(days=1))
    receive_offline(taken(taken_at=at, papers=card(amal)), by=amal)
    from_desk = Request.objects.get()
    set_value("INF-03.clock_starts", "received", starts_on=date(2026, 12, 7), by=system)

    receive_offline(taken(taken_at=at, papers=card(amal)), by=amal)

    from_receipt = Request.objects.latest("id")
    assert (from_desk.submitted_on, from_receipt.submitted_on) == (
        date(2026, 12, 6),
        date(2026, 12, 7),
    )
    days = from_desk.days_allowed
    assert from_desk.promised_on is not None and from_receipt.promised_on is not None
    assert days and from_receipt.promised_on > from_desk.promised_on


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(minutes=st.integers(min_value=-60 * 24 * 400, max_value=60 * 24 * 400))
def test_a_devices_clock_is_believed_only_within_the_hours_of_the_policy(
    town: str, minutes: int
) -> None:
    from modules.frontdesk.services.offline_clock import bounded

    now = timezone.now()
    told = now + timedelta(minutes=minutes)

    believed, fits = bounded(told)

    assert now - timedelta(hours=72) <= believed <= now
    assert fits is (-72 * 60 <= minutes <= 5)
    assert believed == (told if -72 * 60 <= minutes <= 0 else now)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    order=st.lists(st.integers(min_value=0, max_value=5), min_size=1, max_size=14),
    voids=st.sets(st.integers(min_value=0, max_value=5)),
)
def test_whatever_is_sent_how_often_in_whatever_order_each_is_there_once(
    amal: Viewer, nour: Any, order: list[int], voids: set[int]
) -> None:
    with transaction.atomic():
        block = sit_down(uuid4(), by=amal)[0]
        there = Request.objects.count()
        things = [taken(block, at, papers=card(amal)) for at in range(6)]
        for one in order:
            if one in voids:
                give_up(things[one], reason="x", by=amal)
            else:
                receive_offline(things[one], by=amal)
        sent = set(order)
        assert Request.objects.count() - there == len(sent - voids)
        rows = OfflineTaking.objects.filter(block=block)
        assert {row.number for row in rows} == {block.first + one for one in sent}
        numbers = sorted(
            seq for seq in Request.objects.values_list("number_seq", flat=True) if seq is not None
        )
        assert numbers == list(range(1, len(sent - voids) + 1))
        transaction.set_rollback(True)


# --- In the browser's words -----------------------------------------------------------------------


@pytest.fixture
def browser(client_for: Callable[..., Client]) -> Client:
    return client_for("amal")


def _post(browser: Client, name: str, body: dict[str, Any], key: Any = None) -> Any:
    headers = {"Accept": "application/json"}
    if key:
        headers["Idempotency-Key"] = str(key)
    return browser.post(
        reverse(f"frontdesk:{name}"),
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def _body(seat: dict[str, Any], **more: Any) -> dict[str, Any]:
    block = seat["blocks"][0]
    return {
        "service": "FD-001",
        "block": block["uid"],
        "number": block["first"],
        "provisional": f"{block['label']}{block['first']:04d}",
        "taken_at": datetime.now(tz=timezone.get_default_timezone()).isoformat(),
        "person": {"id_number": "٤٠١٢٣٤٥٦٢", "phone": "0599123456"},
        "answers": PETITION,
        "papers": [],
        **more,
    }


def test_a_seat_gives_numbers_and_a_secret_of_person_and_computer(
    browser: Client, client_for: Callable[..., Client], staff: Staff
) -> None:
    store, other_store = str(uuid4()), str(uuid4())
    staff("hanan")
    mine = _post(browser, "offline-seat", {"store": store}).json()
    again = _post(browser, "offline-seat", {"store": store}).json()
    elsewhere = _post(browser, "offline-seat", {"store": other_store}).json()
    hers = _post(client_for("hanan"), "offline-seat", {"store": store}).json()

    assert mine["secret"] == again["secret"] and len(mine["secret"]) == 64
    assert len({mine["secret"], elsewhere["secret"], hers["secret"]}) == 3
    assert mine["blocks"][0]["uid"] == again["blocks"][0]["uid"] != hers["blocks"][0]["uid"]


def test_a_browser_sends_its_paper_and_its_request_and_again_after_a_cut(
    browser: Client, nour: Any
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    seat, key = _post(browser, "offline-seat", {"store": str(uuid4())}).json(), uuid4()
    hashes = {
        browser.post(
            reverse("frontdesk:offline-papers"),
            {"file": SimpleUploadedFile("هوية.png", png(), "image/png"), "sha256": ""},
        ).json()["sha256"]
        for _ in range(2)
    }
    (sha256,) = hashes
    body = _body(
        seat, papers=[{"requirement": "identity_card", "sha256": sha256, "name": "هوية.png"}]
    )

    first, second = (_post(browser, "offline-send", body, key) for _ in range(2))

    made = Request.objects.get()
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert first.json()["url"] == reverse("frontdesk:request", args=[made.uid])
    assert made.papers.count() == 1
    assert "استُلم دون اتصال" in browser.get(first.json()["url"]).content.decode()
    slip = seat["blocks"][0]["label"] + "0001"
    found = browser.get(reverse("find:find"), {"q": slip}, follow=True)
    assert made.number in found.content.decode()


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"answers": {}}, 200, ""),
        ({"answers": {"subject": ["x"]}}, 422, "answers.subject"),
        ({"person": {"phone": "1"}}, 422, "phone"),
        ({"taken_at": "yesterday"}, 422, "taken_at"),
        ({"taken_at": "2026-12-06T09:00:00"}, 422, "taken_at"),
        ({"papers": [{"requirement": "other", "sha256": "0" * 64, "name": "x"}]}, 422, "papers"),
        ({"papers": "x"}, 422, "papers"),
        ({"service": "XX-999"}, 404, ""),
        ({"parcel": {"block_no": "9999", "parcel_no": "1"}}, 422, "parcel_no"),
        ({"block": str(uuid4())}, 409, ""),
    ],
)
def test_a_refusal_comes_with_its_sentence_and_its_field_and_writes_nothing(
    browser: Client, nour: Any, change: dict[str, Any], status: int, field: str
) -> None:
    seat = _post(browser, "offline-seat", {"store": str(uuid4())}).json()

    answer = _post(browser, "offline-send", _body(seat, **change), uuid4())

    assert answer.status_code == status, answer.content
    if status == 200:  # an unanswered question is a gate: a draft
        assert answer.json()["outcome"] == "stopped"
        return
    assert answer.json()["sentence"]
    assert not field or field in answer.json()["errors"]
    assert not Request.objects.exists() and not OfflineTaking.objects.exists()


def test_without_its_key_nothing_is_received(browser: Client, nour: Any) -> None:
    seat = _post(browser, "offline-seat", {"store": str(uuid4())}).json()
    assert _post(browser, "offline-send", _body(seat)).status_code == 422
    assert _post(browser, "offline-send", _body(seat), "not-a-key").status_code == 422


def test_the_shell_and_the_catalogue_hold_nothing_of_any_person(
    browser: Client, nour: Any, count_queries: Any
) -> None:
    for name in ("offline", "offline-worker", "offline-pack"):
        answer = browser.get(reverse(f"frontdesk:{name}"))
        text = answer.content.decode()
        assert answer.status_code == 200
        for secret in ("401234562", "الأسطل", "599123456", "csrf", "أمل", "amal"):
            assert secret not in text, (name, secret)
    pack = browser.get(reverse("frontdesk:offline-pack"))
    listed = [one["code"] for one in pack.json()["services"]]
    assert len(listed) > 100
    assert listed[:3] == ["FD-004", "FD-001", "FD-002"], "what is asked for most stands in front"
    again = browser.get(reverse("frontdesk:offline-pack"), headers={"If-None-Match": pack["ETag"]})
    assert again.status_code == 304
    worker = browser.get(reverse("frontdesk:offline-worker"))
    assert worker["Service-Worker-Allowed"] == "/"
    assert worker["Content-Type"].startswith("text/javascript")
    assert reverse("frontdesk:offline-persons") not in worker.content.decode()


def test_persons_served_lately_are_given_to_their_clerk_alone(
    browser: Client, client_for: Callable[..., Client], staff: Staff, amal: Viewer, nour: Any
) -> None:
    receive_offline(taken(), by=amal)
    staff("hanan")
    url = reverse("frontdesk:offline-persons")

    answer = browser.get(url)

    assert [one["id_number"] for one in answer.json()["persons"]] == ["401234562"]
    assert "no-store" in answer["Cache-Control"]
    assert client_for("hanan").get(url).json() == {"persons": []}


def test_the_supervisor_sees_what_was_used_printed_and_never_sent(
    client_for: Callable[..., Client], staff: Staff, amal: Viewer, nour: Any, block: OfflineBlock
) -> None:
    staff("hanan")
    receive_offline(taken(block, papers=card(amal)), by=amal)
    give_up(taken(block, 1), reason="انصرف المراجع", by=amal)
    sit_down(block.store, told=(Told(block.uid, 4),), waiting=2, by=amal)

    text = client_for("hanan").get(reverse("frontdesk:offline-blocks")).content.decode()

    for shown in ("2026/00001", block.label(1), block.label(3), block.label(4), "انصرف المراجع"):
        assert shown in text
    assert client_for("amal").get(reverse("frontdesk:offline-blocks")).status_code == 403


def test_logging_out_clears_what_the_computer_keeps_unless_others_sealed_work_is_there(
    client_for: Callable[..., Client], amal: Viewer
) -> None:
    for sent, cleared in (({}, '"storage"'), ({"others_stay": "1"}, None)):
        answer = client_for("amal").post("/accounts/logout/", sent)
        assert answer.status_code == 302
        assert answer.headers.get("Clear-Site-Data") == cleared


# --- Who acts for another -------------------------------------------------------------------------


def test_an_agent_who_stood_at_the_cut_off_desk_is_the_agent_of_the_request(
    amal: Viewer, nour: Any, block: OfflineBlock
) -> None:
    agent = OfflinePerson(id_number="912345674", names=SAMAR, phone="0599700800")
    acting = taken(
        block, acts_by="power", agent=agent, power_number="2026/118",
        power_on=date(2026, 11, 1), papers=[*card(amal), proof(amal, "power_of_attorney")],
    )  # fmt: skip
    told = receive_offline(acting, by=amal)
    assert receive_offline(acting, by=amal) == told
    request = Request.objects.get(uid=told["request"])
    assert told["outcome"] == "accepted"
    assert (request.applicant, request.acts_by) == (nour, "power")
    assert request.agent.id_number == "912345674"
    with pytest.raises(TakenTwice):
        receive_offline(replace(acting, power_number="2026/119"), by=amal)


def test_a_power_that_ran_out_stops_it_at_the_server_with_everything_kept(
    amal: Viewer, nour: Any, block: OfflineBlock
) -> None:
    told = receive_offline(
        taken(
            block, acts_by="power", agent=OfflinePerson(id_number="912345674", names=SAMAR),
            power_on=date(2026, 11, 1), power_until=date(2026, 12, 5), papers=card(amal),
        ),
        by=amal,
    )  # fmt: skip
    draft = Request.objects.get(uid=told["request"])
    assert (told["outcome"], draft.state) == ("stopped", State.DRAFT)
    assert "05/12/2026" in " ".join(told["sentences"])
    assert draft.answers["subject"] == PETITION["subject"]


def test_an_heir_at_the_cut_off_desk_asks_in_the_name_of_the_heirs(
    amal: Viewer, nour: Any, block: OfflineBlock
) -> None:
    told = receive_offline(
        taken(
            block, acts_by="inheritance", agent=OfflinePerson(id_number="912345674", names=SAMAR),
            power_on=date(2019, 5, 1), papers=[*card(amal), proof(amal, "inheritance_deed")],
        ),
        by=amal,
    )  # fmt: skip
    request = Request.objects.get(uid=told["request"])
    assert told["outcome"] == "accepted"
    assert request.applicant.heirs_of == nour


def test_a_doubt_says_of_which_of_the_two_persons_it_is(
    amal: Viewer, nour: Any, block: OfflineBlock
) -> None:
    someone_else = OfflinePerson(id_number="401234562", names=SAMAR)
    with pytest.raises(PersonDiffers) as doubt:
        receive_offline(
            taken(block, acts_by="power", agent=someone_else, power_on=date(2026, 11, 1)), by=amal
        )
    assert [one["whose"] for one in doubt.value.alike] == ["agent"]


@pytest.mark.parametrize(
    "wrong", [{"acts_by": "word"}, {"acts_by": "power", "power": {"on": "31/13/2026"}}]
)
def test_a_standing_that_cannot_be_read_is_refused_by_its_field(
    amal: Viewer, client_for: Callable[..., Client], wrong: dict[str, Any]
) -> None:
    facts = {"service": "FD-001", "taken_at": "2026-12-06T06:00:00Z", "answers": PETITION, **wrong}
    answer = client_for("amal").post(
        reverse("frontdesk:offline-send"), facts, content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )  # fmt: skip
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) & {"acts_by", "agent_power_on"}
