"""The desk in the browser: from the person to the handed-over paper, and what goes wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kernel.notifications.models import Notification
from kernel.viewer import Viewer
from modules.frontdesk.constants import State
from modules.frontdesk.models import Request
from modules.frontdesk.services import complete_step, take_step
from modules.frontdesk.tests.factories import (
    CLEARANCE,
    COMPLAINT,
    PETITION,
    draft,
    fresh,
    png,
    step,
    submitted,
)
from modules.frontdesk.tests.fakes import FakeDues, due

Staff = Callable[[str], Viewer]


@pytest.fixture
def browser(client_for: Callable[..., Client]) -> Client:
    return client_for("amal")


def _page(browser: Client, name: str, *args: Any, query: str = "", status: int = 200) -> str:
    response = browser.get(reverse(name, args=args) + query)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def _form(nour: Any, **more: str) -> dict[str, str]:
    return {
        "applicant": str(nour.uid),
        "contact_phone": "0599123456",
        **{f"answers-{code}": answer for code, answer in PETITION.items()},
        **more,
    }


def test_a_clerk_takes_a_petition_from_the_persons_page_to_the_slip(
    browser: Client, nour: Any
) -> None:
    assert "طلب عام" in _page(browser, "frontdesk:new", query=f"?party={nour.uid}")
    opened = browser.post(reverse("frontdesk:new"), {"service": "FD-001", "party": str(nour.uid)})
    made = Request.objects.get()
    assert opened["Location"] == reverse("frontdesk:draft", args=[made.uid])
    assert nour.full_name in _page(browser, "frontdesk:draft", made.uid)
    scan = SimpleUploadedFile("هوية.png", png(), content_type="image/png")
    browser.post(
        reverse("frontdesk:draft-papers", args=[made.uid]),
        {"requirement": "identity_card", "file": scan},
    )
    saved = browser.post(reverse("frontdesk:draft", args=[made.uid]), _form(nour, check="1"))
    assert saved["Location"] == reverse("frontdesk:check", args=[made.uid])
    page = _page(browser, "frontdesk:check", made.uid)
    assert "إنارة شارع 41" in page
    sent = browser.post(
        reverse("frontdesk:check", args=[made.uid]), {"seen": str(fresh(made).version)}
    )
    assert sent["Location"].endswith("?fresh")
    shown = _page(browser, "frontdesk:request", made.uid)
    assert "2026/00001" in shown
    slip = browser.get(reverse("frontdesk:slip", args=[made.uid]))
    assert slip.content.startswith(b"%PDF")


def test_a_second_click_on_submit_makes_no_second_request(
    browser: Client, amal: Viewer, nour: Any
) -> None:
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    url, body = (
        reverse("frontdesk:check", args=[made.uid]),
        {"submission_key": "k1", "seen": str(fresh(made).version)},
    )
    first, second = browser.post(url, body), browser.post(url, body)
    assert first["Location"] == second["Location"] or second["Location"] == reverse(
        "frontdesk:request", args=[made.uid]
    )
    assert Request.objects.exclude(number=None).count() == 1
    assert fresh(made).trail.filter(verb="submitted").count() == 1


def test_a_missing_paper_and_a_missing_answer_are_told_before_anything_is_filed(
    browser: Client, amal: Viewer, nour: Any
) -> None:
    made = Request.objects.get(pk=draft("FD-004", by=amal, applicant=nour).pk)
    refused = browser.post(
        reverse("frontdesk:draft", args=[made.uid]), {"applicant": str(nour.uid), "check": "1"}
    )
    assert refused.status_code == 422
    page = browser.post(reverse("frontdesk:check", args=[made.uid]), {})
    assert page.status_code == 409
    assert "الغاية من الشهادة" in page.content.decode()
    assert fresh(made).state == State.DRAFT


def test_what_was_typed_stays_when_an_answer_is_wrong(
    browser: Client, amal: Viewer, nour: Any
) -> None:
    made = draft("PL-001", by=amal, applicant=nour)
    page = browser.post(
        reverse("frontdesk:draft", args=[made.uid]),
        {
            "applicant": str(nour.uid),
            "answers-area_m2": "كبيرة",
            "answers-engineering_office": "مكتب النور",
        },
    )
    assert page.status_code == 422
    assert "مكتب النور" in page.content.decode()


def test_arabic_indic_digits_are_understood_in_answers(
    browser: Client, amal: Viewer, nour: Any
) -> None:
    made = draft("PL-001", by=amal, applicant=nour)
    browser.post(
        reverse("frontdesk:draft", args=[made.uid]),
        {"applicant": str(nour.uid), "answers-area_m2": "٥٠٠"},
    )
    assert fresh(made).answers["area_m2"] == "500"


def test_a_program_behind_a_good_name_is_refused_with_a_sentence(
    browser: Client, amal: Viewer, nour: Any
) -> None:
    made = draft("FD-001", by=amal, applicant=nour)
    bad = SimpleUploadedFile(
        "هوية.pdf", b"MZ\x90\x00" + b"\x00" * 200, content_type="application/pdf"
    )
    response = browser.post(
        reverse("frontdesk:draft-papers", args=[made.uid]),
        {"requirement": "application_letter", "file": bad},
    )
    assert response.status_code == 422
    assert fresh(made).papers.filter(requirement="application_letter").count() == 0


def test_the_second_clerk_learns_who_was_first(
    client_for: Callable[..., Client], amal: Viewer, nour: Any, staff: Staff
) -> None:
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    hanan = staff("hanan")
    at = step(petition, "check")
    browser = client_for("hanan")
    body = {"seen": str(at.version), "answers-opinion": "يحال", "text": ""}
    take_step(petition.uid, at.uid, by=hanan)
    stale = browser.post(reverse("frontdesk:step", args=[petition.uid, at.uid]), body)
    assert stale.status_code == 412
    assert "حنان" in stale.content.decode()
    assert "يحال" in stale.content.decode()
    complete_step(petition.uid, at.uid, by=hanan)
    late = browser.post(reverse("frontdesk:step", args=[petition.uid, at.uid]), body)
    assert late.status_code in (409, 422)
    assert step(petition, "check").answers == {}


def test_where_is_it_now_is_answered_on_one_screen(
    browser: Client, amal: Viewer, nour: Any
) -> None:
    submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    page = _page(browser, "frontdesk:where", query="?q=1")
    assert "قلم الجمهور" in page
    assert "2026/00001" in page
    assert "2026/00001" in _page(browser, "frontdesk:where", query="?q=2026/1")


def test_the_inbox_shows_work_of_ones_sections_only(
    client_for: Callable[..., Client], amal: Viewer, nour: Any, staff: Staff
) -> None:
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    staff("rami")
    assert str(petition.number) in _page(
        client_for("amal"), "frontdesk:inbox", query="?box=section"
    )
    assert str(petition.number) not in _page(
        client_for("rami"), "frontdesk:inbox", query="?box=section"
    )
    assert (
        client_for("rami").get(reverse("frontdesk:request", args=[petition.uid])).status_code == 404
    )


def test_a_hidden_complainant_is_on_no_page_of_the_officer(
    client_for: Callable[..., Client], amal: Viewer, nour: Any, staff: Staff
) -> None:
    complaint = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT, is_hidden=True)
    staff("ines")
    officer = client_for("ines")
    for name, args, query in (
        ("frontdesk:request", [complaint.uid], ""),
        ("frontdesk:inbox", [], "?box=section"),
        ("frontdesk:list", [], ""),
        ("frontdesk:where", [], "?q=1"),
        ("frontdesk:step", [complaint.uid, step(complaint, "inspection").uid], ""),
    ):
        page = _page(officer, name, *args, query=query)
        assert nour.full_name not in page, name
        assert nour.id_number not in page, name
        assert "599123456" not in page.replace(" ", "").replace("-", ""), name


def test_every_act_has_its_page(
    client_for: Callable[..., Client], amal: Viewer, nour: Any, staff: Staff
) -> None:
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    staff("hanan")
    browser, at = client_for("hanan"), step(petition, "check")
    for name in ("step", "return", "external", "assign", "send-back"):
        _page(browser, f"frontdesk:{name}", petition.uid, at.uid)
    for name in ("withdraw", "waive"):
        _page(browser, f"frontdesk:{name}", petition.uid)
    returned = browser.post(
        reverse("frontdesk:return", args=[petition.uid, at.uid]),
        {
            "line0-kind": "unreadable_paper",
            "line0-target": "identity_card",
            "line0-note": "غير واضحة",
        },
    )
    assert returned.status_code == 302
    page = _page(browser, "frontdesk:request", petition.uid)
    assert "غير واضحة" in page
    assert fresh(petition).state == State.MISSING_ITEMS


def test_the_decision_page_shows_what_the_sections_found(
    client_for: Callable[..., Client], amal: Viewer, nour: Any, staff: Staff
) -> None:
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    complete_step(
        petition.uid, step(petition, "check").uid, answers={"opinion": "لا مانع"}, by=staff("hanan")
    )
    browser, at = client_for("salma"), step(petition, "decide")
    assert "لا مانع" in _page(browser, "frontdesk:decide", petition.uid, at.uid)
    refused = browser.post(
        reverse("frontdesk:decide", args=[petition.uid, at.uid]),
        {"decision": "rejected", "seen": str(at.version)},
    )
    assert refused.status_code == 422
    done = browser.post(
        reverse("frontdesk:decide", args=[petition.uid, at.uid]),
        {"decision": "approved", "seen": str(at.version)},
    )
    assert done.status_code == 302
    amal_page = client_for("amal")
    assert amal_page.post(reverse("frontdesk:issue", args=[petition.uid])).status_code == 302
    pdf = amal_page.get(reverse("frontdesk:document", args=[petition.uid]))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    handed = amal_page.post(
        reverse("frontdesk:hand-over", args=[petition.uid, step(petition, "deliver").uid]),
        {
            "recipient": "applicant",
            "recipient_name": nour.full_name,
            "recipient_id_number": nour.id_number,
        },
    )
    assert handed.status_code == 302
    assert nour.full_name in _page(amal_page, "frontdesk:request", petition.uid)


def test_a_stopped_clearance_is_asked_for_let_pass_and_submitted(
    finance: Any, client_for: Callable[..., Client], amal: Viewer, salma: Viewer, nour: Any
) -> None:
    FakeDues.lines = (due("120"),)
    made = draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    browser, url = client_for("amal"), reverse("frontdesk:check", args=[made.uid])
    assert "120.00" in _page(browser, "frontdesk:check", made.uid)
    assert browser.post(url).status_code == 409
    assert (
        browser.post(reverse("frontdesk:ask", args=[made.uid]), {"gate": "dues"}).status_code == 302
    )
    (told,) = Notification.objects.filter(user_id=salma.user_id, verb="frontdesk.let_pass_asked")
    manager = client_for("salma")
    assert manager.get(told.url).status_code == 200
    refused = manager.post(
        reverse("frontdesk:let-pass", args=[made.uid]), {"gate": "dues", "authority": "الرئيس"}
    )
    assert refused.status_code == 422
    passed = manager.post(
        reverse("frontdesk:let-pass", args=[made.uid]),
        {"gate": "dues", "authority": "الرئيس", "reason": "حالة إنسانية"},
    )
    assert passed.status_code == 302
    assert browser.post(url).status_code == 302
    assert fresh(made).state == State.WAITING_PAYMENT


def test_the_catalogue_is_kept_by_who_may(client_for: Callable[..., Client], staff: Staff) -> None:
    assert client_for("amal").get(reverse("frontdesk:catalogue")).status_code == 403


def test_pages_cost_a_committed_number_of_queries(
    browser: Client, amal: Viewer, nour: Any, count_queries: Any
) -> None:
    for number in range(3):
        submitted(
            "FD-001", by=amal, applicant=nour, answers={**PETITION, "subject": f"موضوع {number}"}
        )
    last = Request.objects.order_by("-id").first()
    assert last is not None
    _page(browser, "frontdesk:inbox", query="?box=section")
    counted = {}
    for name, args, query in (
        ("inbox", [], "?box=section"),
        ("list", [], ""),
        ("request", [last.uid], ""),
        ("where", [], "?q=1"),
    ):
        with count_queries() as seen:
            _page(browser, f"frontdesk:{name}", *args, query=query)
        counted[name] = len(seen)
    assert counted == QUERIES


QUERIES = {"inbox": 9, "list": 7, "request": 14, "where": 6}


def test_every_page_speaks_arabic_from_right_to_left(
    browser: Client, amal: Viewer, nour: Any
) -> None:
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    for name, args in (
        ("inbox", []),
        ("new", []),
        ("list", []),
        ("where", []),
        ("request", [petition.uid]),
    ):
        page = _page(browser, f"frontdesk:{name}", *args)
        assert re.search(r"<html[^>]*dir=.rtl.", page)


def test_what_is_asked_for_most_stands_first(
    amal: Viewer, client_for: Callable[..., Client]
) -> None:
    shown = client_for("amal").get(reverse("frontdesk:new")).context["frequent"]
    assert [one.code for one in shown][:2] == ["FD-004", "FD-001"]


def test_what_will_stop_it_says_nothing_of_dues_before_it_knows_whose(
    amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    desk = client_for("amal")
    address = reverse("frontdesk:new") + "?service=PL-001"
    nobody = desk.get(address)
    assert {row["gate"].code for row in nobody.context["gates"]} == {"fee"}
    page = nobody.content.decode()
    assert "سند الملكية" in page  # what to bring is told at once
    assert 'name="party"' in page
    named = desk.get(f"{address}&party={nour.id_number}")
    assert {"dues", "holds"} <= {row["gate"].code for row in named.context["gates"]}
    unknown = desk.get(f"{address}&party=999999999")
    assert unknown.status_code == 422
    assert "999999999" in unknown.content.decode()
