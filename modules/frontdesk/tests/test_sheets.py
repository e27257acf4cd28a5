"""Receipts signed on the glass or on paper, and signed sheets whose scan closes the step."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.files.services import store_file
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.frontdesk.constants import State, StepState, Verb
from modules.frontdesk.errors import NotYourStep, StepAlreadyDone
from modules.frontdesk.errors.standing import (
    AuthorityMissing,
    DelegateNotAllowed,
    PowerOver,
    SheetUnknown,
)
from modules.frontdesk.models import HandOver, RequestPaper, TrailEntry
from modules.frontdesk.selectors.requests import visible_file_ids
from modules.frontdesk.services import (
    attach_paper,
    complete_step,
    decide_request,
    hand_over,
    issue_output,
    submit_request,
)
from modules.frontdesk.services.sheets import (
    SIGNED_SHEET,
    keep_recipient,
    numbers_in,
    return_sheet,
    sheet_number,
)
from modules.frontdesk.tests.factories import (
    COMPLAINT,
    PETITION,
    citizen,
    draft,
    fresh,
    png,
    scan,
    step,
    submitted,
)

Staff = Callable[[str], Viewer]
NOUR = {"recipient": "applicant", "recipient_name": "نور خليل", "recipient_id_number": "401234562"}


def _ready(amal: Viewer, salma: Viewer, nour: Any, **more: Any) -> Any:
    """A petition that is approved and printed, waiting at the counter."""
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION, **more)
    if made.with_agent:
        attach_paper(made.uid, requirement="power_of_attorney", file=scan(amal, shade=3), by=amal)
    assert submit_request(made.uid, by=amal).accepted
    complete_step(made.uid, step(made, "check").uid, by=amal)
    decide_request(made.uid, step(made, "decide").uid, decision="approved", by=salma)
    issue_output(made.uid, by=amal)
    return fresh(made)


@pytest.fixture
def ready(amal: Viewer, salma: Viewer, nour: Any) -> Any:
    return _ready(amal, salma, nour)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026/00417/8123", ["2026/00417/8123"]),
        ("الرقم ٢٠٢٦/٠٠٤١٧/٨١٢٣", ["2026/00417/8123"]),
        ("sheet-2026-00417-8123.pdf", ["2026/00417/8123"]),
        ("https://town/frontdesk/sheets?number=2026/00417/8123", ["2026/00417/8123"]),
        ("2026/00417", []),
    ],
)
def test_a_sheets_number_is_found_where_it_stands(text: str, found: list[str]) -> None:
    assert numbers_in(text) == found


def test_a_signature_drawn_on_the_glass_is_kept_as_evidence(
    ready: Any, client_for: Callable[..., Client], amal: Viewer, staff: Staff
) -> None:
    browser = client_for("amal")
    url = reverse("frontdesk:hand-over", args=[ready.uid, step(ready, "deliver").uid])
    assert "data-sign" in browser.get(url).content.decode()
    drawn = "data:image/png;base64," + base64.b64encode(png(90)).decode()
    for wrong in ("data:text/html;base64,PGI+", "data:image/png;base64,####", drawn[:60]):
        assert browser.post(url, {**NOUR, "drawn": wrong}).status_code == 422
    assert browser.post(url, {**NOUR, "drawn": drawn}).status_code == 302
    given = HandOver.objects.get(request=ready)
    assert given.signature is not None
    assert (given.recipient_id_number, given.handed_by_id) == ("401234562", amal.user_id)
    assert visible_file_ids(amal, {given.signature_id}) == {given.signature_id}
    assert visible_file_ids(staff("rami"), {given.signature_id}) == set()
    page = browser.get(reverse("frontdesk:request", args=[ready.uid])).content.decode()
    assert str(given.signature.uid) in page


def test_a_hand_over_is_proof_and_is_not_rewritten(ready: Any, amal: Viewer) -> None:
    hand_over(ready.uid, step(ready, "deliver").uid, by=amal, **NOUR)
    given = HandOver.objects.get(request=ready)
    for change in ({"recipient_name": "غيره"}, {"authority": "1"}):
        with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=amal):
            HandOver.objects.filter(pk=given.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=amal):
        given.delete()


def test_the_signed_receipt_is_added_once(
    ready: Any, amal: Viewer, client_for: Callable[..., Client]
) -> None:
    hand_over(ready.uid, step(ready, "deliver").uid, by=amal, **NOUR)
    url = reverse("frontdesk:signed-receipt", args=[ready.uid])
    for _n in range(2):
        client_for("amal").post(url, {"file": SimpleUploadedFile("إيصال.png", png(91))})
    given = HandOver.objects.get(request=ready)
    assert given.signature is not None
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=amal):
        HandOver.objects.filter(pk=given.pk).update(signature=scan(amal, shade=12))


def test_somebody_sent_brings_a_written_authorisation_unless_the_policy_says_otherwise(
    ready: Any, amal: Viewer, system: Viewer
) -> None:
    sent = {**NOUR, "recipient": "delegate"}
    at = step(ready, "deliver").uid
    with pytest.raises(AuthorityMissing):
        hand_over(ready.uid, at, by=amal, **sent)
    set_value("FRD-06.delegate_may_receive", "never", starts_on=today(), by=system)
    with pytest.raises(DelegateNotAllowed):
        hand_over(ready.uid, at, authority="تفويض 12", by=amal, **sent)


def test_with_its_number_the_authorisation_is_kept(ready: Any, amal: Viewer) -> None:
    hand_over(
        ready.uid, step(ready, "deliver").uid, authority="تفويض 12", by=amal,
        **{**NOUR, "recipient": "delegate"},
    )  # fmt: skip
    assert HandOver.objects.get(request=ready).authority == "تفويض 12"


def test_an_agent_whose_power_ran_out_in_the_meantime_receives_nothing(
    amal: Viewer, salma: Viewer, nour: Any, system: Viewer, sunday: Any
) -> None:
    agent = citizen(by=system, id_number="901234566", given_name="سليم")
    made = _ready(
        amal,
        salma,
        nour,
        agent=agent,
        agent_power_on=today(),
        agent_power_until=today() + timedelta(days=3),
    )
    sunday.shift(timedelta(days=4))
    with pytest.raises(PowerOver):
        hand_over(made.uid, step(made, "deliver").uid, by=amal, **{**NOUR, "recipient": "agent"})
    hand_over(made.uid, step(made, "deliver").uid, by=amal, **NOUR)


def test_a_printed_receipt_closes_the_hand_over_when_its_scan_comes_back(
    ready: Any, amal: Viewer, client_for: Callable[..., Client]
) -> None:
    browser = client_for("amal")
    at = step(ready, "deliver")
    printed = browser.post(
        reverse("frontdesk:hand-over", args=[ready.uid, at.uid]), {**NOUR, "print": "1"}
    )
    assert printed["Location"] == reverse("frontdesk:sheet", args=[ready.uid, at.uid])
    assert not HandOver.objects.exists()
    pdf = browser.get(printed["Location"])
    assert pdf["Content-Type"] == "application/pdf"
    text = pypdfium2.PdfDocument(pdf.content)[0].get_textpage().get_text_range()
    assert sheet_number(ready, at) in numbers_in(text)
    # The very paper, scanned with a text layer: no number is typed.
    back = browser.post(
        reverse("frontdesk:sheets"),
        {"file": SimpleUploadedFile("scan.pdf", pdf.content), "number": ""},
    )
    assert back.status_code == 302
    given = HandOver.objects.get(request=ready)
    assert (given.recipient_name, given.signature is not None) == ("نور خليل", True)
    assert fresh(ready).state == State.COMPLETED


def test_a_photographed_sheet_is_closed_by_the_number_that_is_typed(
    amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    at = step(made, "check")
    browser = client_for("amal")
    url = reverse("frontdesk:sheets")
    unknown = browser.post(url, {"file": SimpleUploadedFile("photo.png", png(40)), "number": ""})
    assert unknown.status_code == 422
    strange = browser.post(
        url, {"file": SimpleUploadedFile("photo.png", png(40)), "number": "2026/1/1"}
    )
    assert strange.status_code == 422
    short = f"{made.number_year}/{made.number_seq}/{at.pk}"
    closed = browser.post(url, {"file": SimpleUploadedFile("photo.png", png(40)), "number": short})
    assert closed.status_code == 302
    assert step(made, "check").state == StepState.DONE
    paper = RequestPaper.objects.get(requirement=SIGNED_SHEET)
    assert paper.step_id == at.pk


def test_a_sheet_of_a_step_that_asks_for_answers_is_kept_and_the_step_stays_open(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    complaint = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT)
    at, ines = step(complaint, "inspection"), staff("ines")
    done = return_sheet(sheet_number(complaint, at), file=scan(ines), by=ines)
    assert not done.closed
    assert step(complaint, "inspection").is_open
    assert TrailEntry.objects.filter(request=complaint, verb=Verb.SHEET_RETURNED).count() == 1


def test_a_sheet_closes_its_step_once_and_only_in_the_right_hands(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    number = sheet_number(made, step(made, "check"))
    rami = staff("rami")
    with pytest.raises((SheetUnknown, NotYourStep)):
        return_sheet(number, file=scan(rami), by=rami)
    assert return_sheet(number, file=scan(amal), by=amal).closed
    with pytest.raises((SheetUnknown, StepAlreadyDone)):
        return_sheet(number, file=scan(amal), by=amal)
    assert RequestPaper.objects.filter(requirement=SIGNED_SHEET).count() == 1


def test_whom_a_receipt_names_is_judged_before_it_is_printed(ready: Any, amal: Viewer) -> None:
    with pytest.raises(AuthorityMissing):
        keep_recipient(
            ready.uid,
            step(ready, "deliver").uid,
            recipient={**NOUR, "recipient": "delegate"},
            by=amal,
        )


def test_a_signature_does_not_tell_who_complained(
    amal: Viewer, nour: Any, staff: Staff, client_for: Callable[..., Client]
) -> None:
    complaint = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT, is_hidden=True)
    with recorded(by=amal):
        HandOver.objects.create(
            request=complaint, recipient="applicant", recipient_name="نور خليل",
            recipient_id_number="401234562", handed_at="2026-12-06T08:00:00Z",
            signature=store_file(png(77), "توقيع.png", amal),
        )  # fmt: skip
    ines = staff("ines")
    page = (
        client_for("ines").get(reverse("frontdesk:request", args=[complaint.uid])).content.decode()
    )
    assert "401234562" not in page
    assert "نور" not in page
    assert (
        visible_file_ids(ines, set(HandOver.objects.values_list("signature_id", flat=True)))
        == set()
    )


def test_the_number_is_read_off_the_card_and_another_persons_is_refused(
    ready: Any, client_for: Callable[..., Client]
) -> None:
    """The name is filled in, the number is not; one that is not the applicant's hands nothing over, printed or not."""
    browser = client_for("amal")
    url = reverse("frontdesk:hand-over", args=[ready.uid, step(ready, "deliver").uid])
    form = browser.get(url).context["form"]
    assert form["recipient_name"].value()
    assert not form["recipient_id_number"].value()
    wrong = {**NOUR, "recipient_id_number": "900000000"}
    for printed in ({}, {"print": "1"}):
        refused = browser.post(url, {**wrong, **printed})
        assert refused.status_code == 422
        assert "في السجل" in refused.content.decode()
    assert not HandOver.objects.filter(request=ready).exists()
    sent = {**wrong, "recipient": "delegate", "authority": "تفويض 12"}
    assert browser.post(url, sent).status_code == 302
