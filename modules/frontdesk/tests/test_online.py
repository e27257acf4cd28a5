"""A request from the web: filled in at home, verified at the desk, and only then numbered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from kernel.audit.recording import recorded
from kernel.events.models import OutboxEvent
from kernel.files.errors import KindRefused
from kernel.notifications.models import OutgoingMessage
from kernel.parties.models import Party
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.frontdesk.constants import IdentityMatch, OnlineState, State
from modules.frontdesk.errors.online import (
    DeclarationNeeded,
    DraftOfCitizen,
    NotOnline,
    NotWaitingToVerify,
    NotWithCitizen,
    OnlineIncomplete,
    PersonNotLinked,
)
from modules.frontdesk.models import OnlineRequest, Request
from modules.frontdesk.selectors.online import warnings_for
from modules.frontdesk.services import DeficiencyInput, discard_draft
from modules.frontdesk.services.online import (
    begin_online,
    fill_in,
    hand_in,
    send_online,
    sweep_unsent,
)
from modules.frontdesk.services.online_desk import (
    accept_online,
    link_person,
    register_asker,
    reject_online,
    return_online,
)
from modules.frontdesk.tests.factories import CLEARANCE, PETITION, fresh, png
from modules.frontdesk.tests.fakes import FakeDues, due
from modules.frontdesk.tests.online import (
    CITIZEN,
    ID_NUMBER,
    PHONE,
    STRANGER_ID,
    STRANGER_PHONE,
    begun,
    door,
    last_code,
    proved,
    sent,
    upload,
)

Clients = Callable[..., Client]
LIST_STATEMENTS = 4


@pytest.fixture(autouse=True)
def _no_tries(town: str) -> None:
    cache.clear()


def test_somebody_on_file_sends_a_request_page_by_page_without_scripts(
    client_for: Clients, nour: Any
) -> None:
    visitor = client_for()
    guide = visitor.get(door("service", "FD-001")).content.decode()
    assert door("apply", "FD-001") in guide
    made = begun(visitor)
    assert visitor.get(door("online", made.uid))["Location"] == door("online-form", made.uid)
    typed = {f"answers-{code}": one for code, one in PETITION.items()}
    half = visitor.post(door("online-form", made.uid), {"answers-subject": "إنارة"})
    assert half.status_code == 422
    assert "إنارة" in half.content.decode()
    answer = visitor.post(door("online-form", made.uid), typed)
    assert answer["Location"] == door("online-papers", made.uid)
    paper = {"requirement": "identity_card", "document_type": "identity_card", "file": upload()}
    assert visitor.post(door("online-papers", made.uid), paper).status_code == 302
    check = visitor.get(door("online-check", made.uid)).content.decode()
    assert PETITION["subject"] in check
    assert visitor.post(door("online-check", made.uid), {}).status_code == 422
    for _click in range(2):
        visitor.post(door("online-check", made.uid), {"declared": "on"})
    slip = visitor.get(door("online", made.uid)).content.decode()
    assert made.reference in slip
    kept = OnlineRequest.objects.get(pk=made.pk)
    assert (kept.state, kept.match) == (OnlineState.WAITING, IdentityMatch.PHONE)
    assert kept.request.number is None
    assert kept.request.applicant == nour
    events = OutboxEvent.objects.filter(name="frontdesk.OnlineRequestReceived")
    assert events.count() == 1


def test_a_stranger_writes_their_name_and_the_desk_registers_them(amal: Viewer, town: str) -> None:
    made = sent(phone=STRANGER_PHONE, id_number=STRANGER_ID)
    assert (made.match, made.request.applicant) == (IdentityMatch.NONE, None)
    with pytest.raises(PersonNotLinked):
        accept_online(made.uid, by=amal)
    register_asker(made.uid, by=amal)
    done = accept_online(made.uid, by=amal)
    assert done.accepted
    kept = OnlineRequest.objects.get(pk=made.pk)
    assert (kept.state, kept.match) == (OnlineState.ACCEPTED, IdentityMatch.CLERK)
    person = Party.objects.get(id_number=STRANGER_ID)
    assert fresh(done.request).applicant == person
    assert person.phones == [STRANGER_PHONE]


def test_a_known_id_number_with_another_telephone_is_not_taken_for_its_owner(
    amal: Viewer, nour: Any
) -> None:
    made = sent(phone=STRANGER_PHONE)
    assert made.request.applicant is None
    assert [one.title for one in warnings_for(made)] == ["الذمم المالية"]
    link_person(made.uid, party=nour.uid, by=amal)
    assert accept_online(made.uid, by=amal).accepted


def test_the_number_and_the_clock_begin_when_the_desk_accepts(amal: Viewer, nour: Any) -> None:
    """Policy FRD-02.online_clock: sent on Sunday 6 December, accepted on Tuesday 8; five working days are Tuesday 15
    from the acceptance, Sunday 13 from the sending."""
    made = sent()
    with time_machine.travel("2026-12-08T07:00:00Z", tick=False):
        done = accept_online(made.uid, by=amal)
    request = fresh(done.request)
    assert request.number == "2026/00001"
    assert request.channel == "web"
    assert (request.submitted_on, request.promised_on) == (date(2026, 12, 8), date(2026, 12, 15))


def test_the_town_may_count_from_the_day_it_was_sent(
    amal: Viewer, nour: Any, system: Viewer
) -> None:
    set_value("FRD-02.online_clock", "sent", starts_on=date(2026, 12, 6), by=system)
    made = sent()
    with time_machine.travel("2026-12-08T07:00:00Z", tick=False):
        request = fresh(accept_online(made.uid, by=amal).request)
    assert (request.submitted_on, request.promised_on) == (date(2026, 12, 6), date(2026, 12, 13))


def test_dues_stop_it_at_the_desk_and_are_told_to_nobody_but_their_owner(
    amal: Viewer, nour: Any, finance: Any
) -> None:
    FakeDues.lines = (due("250"),)
    mine = sent("FD-004", answers=CLEARANCE)
    told = {one.title: one for one in warnings_for(mine)}
    assert told["الذمم المالية"].kind == "danger"
    assert "250" not in told["الذمم المالية"].sentence
    stranger = sent("FD-004", answers=CLEARANCE, phone=STRANGER_PHONE)
    assert {one.title: one.kind for one in warnings_for(stranger)}["الذمم المالية"] == "info"
    done = accept_online(mine.uid, by=amal)
    assert not done.accepted
    assert OnlineRequest.objects.get(pk=mine.pk).state == OnlineState.WAITING
    assert fresh(mine.request).opened_by_id == amal.user_id


def test_what_is_returned_is_mended_by_the_citizen_and_sent_again(amal: Viewer, nour: Any) -> None:
    made = sent()
    wrong = DeficiencyInput("unreadable_paper", "identity_card", "الصورة معتمة")
    return_online(made.uid, deficiencies=[wrong], text="نرجو صورة أوضح", by=amal)
    kept = OnlineRequest.objects.get(pk=made.pk)
    assert kept.state == OnlineState.RETURNED
    message = OutgoingMessage.objects.filter(to=PHONE).order_by("-id")[0].body
    assert "الصورة معتمة" in message
    with pytest.raises(NotWaitingToVerify):
        accept_online(made.uid, by=amal)
    hand_in(made.uid, requirement="identity_card", content=png(90), name="أوضح.png", by=CITIZEN)
    again = send_online(made.uid, declared=True, by=CITIZEN)
    assert (again.state, again.deficiencies) == (OnlineState.WAITING, [])
    assert accept_online(made.uid, by=amal).accepted


def test_each_page_of_the_mending_says_what_the_desk_asks_for(
    amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    """The unreadable paper is “there” among the papers: only the words of the desk say which one is meant."""
    visitor = proved(client_for())
    made = sent()
    wrong = DeficiencyInput("unreadable_paper", "identity_card", "الصورة معتمة")
    return_online(made.uid, deficiencies=[wrong], text="نرجو صورة أوضح", by=amal)
    for name in ("online-papers", "online-form", "online-check"):
        page = visitor.get(door(name, made.uid)).content.decode()
        assert page.count("الصورة معتمة") == 1, name
        assert "نرجو صورة أوضح" in page, name


def test_who_reads_english_reads_who_brought_the_paper_in_english(
    amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    made = sent()
    desk = client_for("amal")
    address = reverse("frontdesk:online", args=[made.uid])
    assert "المواطن عبر الموقع" in desk.get(address).content.decode()
    desk.post(reverse("account:face"), {"language": "en"})
    page = desk.get(address).content.decode()
    assert "The citizen, on the web" in page
    assert "المواطن عبر الموقع" not in page


def test_a_rejection_names_its_ground_and_takes_no_number(amal: Viewer, nour: Any) -> None:
    made = sent()
    reject_online(made.uid, reason_code="competence", text="يراجع شركة الكهرباء.", by=amal)
    kept = OnlineRequest.objects.get(pk=made.pk)
    assert (kept.state, kept.request.number) == (OnlineState.REJECTED, None)
    with pytest.raises(NotWithCitizen):
        fill_in(made.uid, answers=PETITION, by=CITIZEN)
    with recorded(by=amal), pytest.raises(DatabaseError), transaction.atomic():
        OnlineRequest.objects.filter(pk=made.pk).update(state=OnlineState.WAITING)


def test_the_desk_cannot_throw_away_what_a_citizen_sent(amal: Viewer, nour: Any) -> None:
    made = sent()
    link_person(made.uid, party=nour.uid, by=amal)
    with pytest.raises(DraftOfCitizen):
        discard_draft(made.request.uid, by=amal)


def test_what_was_sent_waits_as_it_is(nour: Any) -> None:
    made = sent()
    with pytest.raises(NotWithCitizen):
        hand_in(made.uid, requirement="identity_card", content=png(9), name="x.png", by=CITIZEN)
    assert send_online(made.uid, declared=True, by=CITIZEN).sent_at == made.sent_at
    with recorded(by=CITIZEN), pytest.raises(DatabaseError), transaction.atomic():
        OnlineRequest.objects.filter(pk=made.pk).delete()


def test_without_a_declaration_or_a_paper_nothing_is_sent(nour: Any) -> None:
    made = begin_online("FD-001", id_number=ID_NUMBER, phone=PHONE, by=CITIZEN)
    fill_in(made.uid, answers=PETITION, by=CITIZEN)
    with pytest.raises(DeclarationNeeded):
        send_online(made.uid, declared=False, by=CITIZEN)
    with pytest.raises(OnlineIncomplete):
        send_online(made.uid, declared=True, by=CITIZEN)


def test_a_program_is_no_paper(nour: Any) -> None:
    made = begin_online("FD-001", id_number=ID_NUMBER, phone=PHONE, by=CITIZEN)
    with pytest.raises(KindRefused):
        hand_in(made.uid, requirement="identity_card", content=b"#!/bin/sh\n", name="x", by=CITIZEN)


def test_a_service_that_needs_both_parties_is_asked_for_at_the_desk(
    client_for: Clients, system: Viewer, town: str
) -> None:
    visitor = client_for()
    assert visitor.get(door("apply", "SB-006")).status_code == 404
    assert door("apply", "SB-006") not in visitor.get(door("service", "SB-006")).content.decode()
    with pytest.raises(NotOnline):
        begin_online("SB-006", id_number=ID_NUMBER, phone=PHONE, by=CITIZEN)
    set_value("FRD-01.online", False, starts_on=date(2026, 12, 6), by=system)
    assert visitor.get(door("apply", "FD-001")).status_code == 404


def test_what_was_begun_is_gone_on_with_and_what_was_left_is_swept(
    nour: Any, system: Viewer
) -> None:
    made = begin_online("FD-001", id_number=ID_NUMBER, phone=PHONE, by=CITIZEN)
    again = begin_online("FD-001", id_number=ID_NUMBER, phone=PHONE, by=CITIZEN)
    assert again.pk == made.pk
    waits = sent("FD-001", phone=STRANGER_PHONE, id_number=STRANGER_ID)
    with time_machine.travel("2027-01-06T07:00:00Z", tick=False):
        assert sweep_unsent(by=system) == 1
        assert sweep_unsent(by=system) == 0
    assert list(OnlineRequest.objects.all()) == [waits]
    assert Request.objects.filter(state=State.DRAFT).count() == 1


def test_the_reference_and_a_code_open_it_again(client_for: Clients, nour: Any) -> None:
    made = sent()
    visitor = client_for()
    typed = made.reference.replace("-", "").lower()
    visitor.post(door("find"), {"number": typed, "phone": "0599123456"})
    answer = visitor.post(door("code"), {"code": last_code()})
    assert answer["Location"] == door("online", made.uid)
    stranger = client_for()
    stranger.post(door("find"), {"number": made.reference, "phone": "0569000001"})
    answer = stranger.post(door("code"), {"code": last_code(STRANGER_PHONE)})
    assert answer["Location"] == door("find")


def test_the_desk_sees_what_waits_with_papers_and_accepts_it_on_the_page(
    client_for: Clients, amal: Viewer, nour: Any, count_queries: Any
) -> None:
    made = sent()
    desk = client_for("amal")
    desk.get(reverse("frontdesk:online-list"))
    with count_queries() as seen:
        listed = desk.get(reverse("frontdesk:online-list")).content.decode()
    assert len(seen) == LIST_STATEMENTS
    assert made.reference in listed
    page = desk.get(reverse("frontdesk:online", args=[made.uid]))
    paper = made.request.papers.get()
    assert desk.get(reverse("files:file", args=[paper.file.uid])).status_code == 200
    assert str(paper.file.uid) in page.content.decode()
    accept = reverse("frontdesk:online-accept", args=[made.uid])
    stale = desk.post(accept, {"seen": "1000"})
    assert stale.status_code == 409
    answer = desk.post(accept, {"seen": str(fresh(made.request).version)})
    assert answer["Location"] == reverse("frontdesk:request", args=[made.request.uid])
    assert desk.get(answer["Location"]).status_code == 200


def test_who_may_not_verify_sees_neither_the_list_nor_the_papers(
    client_for: Clients, staff: Callable[[str], Viewer], nour: Any
) -> None:
    made = sent()
    staff("rami")
    rami = client_for("rami")
    assert rami.get(reverse("frontdesk:online-list")).status_code == 403
    assert rami.get(reverse("frontdesk:online", args=[made.uid])).status_code == 403
    paper = made.request.papers.get()
    assert rami.get(reverse("files:file", args=[paper.file.uid])).status_code == 404


def test_the_form_returned_with_lines_and_the_rejection_page(
    client_for: Clients, amal: Viewer, nour: Any
) -> None:
    made = sent()
    desk = client_for("amal")
    back = reverse("frontdesk:online-return", args=[made.uid])
    assert desk.get(back).status_code == 200
    assert desk.post(back, {}).status_code == 422
    lines = {"d0-kind": "expired_paper", "d0-target": "identity_card", "d0-note": ""}
    assert desk.post(back, lines).status_code == 302
    other = sent(phone=STRANGER_PHONE, id_number=STRANGER_ID)
    no = reverse("frontdesk:online-reject", args=[other.uid])
    assert desk.post(no, {"reason_code": "other", "text": ""}).status_code == 422
    assert desk.post(no, {"reason_code": "other", "text": "مكرر"}).status_code == 302


def test_nothing_of_it_stands_in_a_public_table(nour: Any) -> None:
    sent()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_name = 'frontdesk_onlinerequest'"
        )
        assert cursor.fetchone() == (0,)
