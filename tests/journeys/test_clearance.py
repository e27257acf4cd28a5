"""شهادة خلو طرف: from the ID number to the sealed certificate, with dues in the way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pypdfium2
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.money import money
from kernel.notifications.selectors import messages_about
from kernel.organisation.selectors import viewer_for
from kernel.parties.models import Party
from kernel.printing.models import IssuedDocument
from kernel.viewer import Viewer
from modules.finance.constants import BounceReason, Method
from modules.finance.models import Cheque, Receipt
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import deposit_cheques
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.receiving import receive as receive_by_cheque
from modules.frontdesk.models import Request
from tests.exemplars import owes
from tests.journeys.walking import (
    NOUR_ID,
    At,
    attach,
    decide,
    do_step,
    hand_over,
    issue,
    open_request,
    receive,
    register_nour,
    track,
    uid_in,
)

Deliver = Callable[[], int]


def test_a_clearance_from_the_id_number_to_the_sealed_certificate(
    at: At, deliver_events: Deliver, system: Viewer
) -> None:
    amal, karim, jamal, salma, citizen = (
        at(name) for name in ("amal", "karim", "jamal", "salma", "")
    )
    nour = register_nour(amal)
    owes(Party.objects.get(uid=nour), "85", by=system)
    person = amal.open(reverse("people:person", args=[nour]))
    assert "85.00" in person.text

    # She asks; her dues stand in the way, and the page says so with the policy's article.
    draft = open_request(amal, "FD-004", nour)
    draft = attach(amal, draft, "identity_card", shade=10)
    check = amal.send(
        draft, having="answers-purpose", answers__purpose="land_registry", button=("check", "1")
    )
    assert check.url.endswith("/check")
    assert "85.00" in check.text
    stopped = amal.send(check, having="seen", expect=409)
    assert "85.00" in stopped.text
    assert Request.objects.get().number is None

    # She pays, comes back, and nothing stops her.
    receipt = receive(karim, nour)
    assert "فقط خمسة وثمانون شيكلاً لا غير" in receipt.text
    check = amal.open(check.url)
    accepted = amal.send(check, having="seen")
    request = uid_in(accepted.url)
    number = Request.objects.get().number
    assert number is not None
    assert number in accepted.text
    slip = amal.file(accepted.link(end="/slip"))
    assert number in _words_of(slip)

    # The certificate's own fee is taken before work begins; then the route opens by itself.
    deliver_events()
    receipt = receive(karim, nour)
    assert Receipt.objects.count() == 2
    deliver_events()
    do_step(jamal, request)
    decided = decide(salma, request, decision="approved")
    assert "معتمد" in decided.text or "الموافقة" in decided.text or "موافق" in decided.text
    told = track(citizen, number)
    assert number in told.text
    assert "نور" not in told.text

    # The certificate: on paper, and for anybody who holds it.
    printed = issue(amal, request)
    certificate = amal.file(printed.link(end="/document"))
    words = _words_of(certificate)
    assert "شهادة خلو طرف" in words
    assert NOUR_ID in words
    document = IssuedDocument.objects.get(kind="frontdesk.clearance")
    genuine = citizen.open(reverse("verify:document", args=[document.code]))
    assert document.number in genuine.text
    forged = citizen.open(reverse("verify:document", args=["0000000000"]), expect=404)
    assert document.number not in forged.text

    given = hand_over(amal, request)
    assert "نور خليل محمد الأسطل" in given.text
    assert Request.objects.get().is_closed
    assert track(citizen, number).status == 200


def test_a_cheque_that_bounces_takes_the_clearance_back(
    at: At, deliver_events: Deliver, system: Viewer
) -> None:
    amal, karim, jamal, salma, citizen = (
        at(name) for name in ("amal", "karim", "jamal", "salma", "")
    )
    nour = register_nour(amal)
    party = Party.objects.get(uid=nour)
    owes(party, "85", by=system)

    # She pays by cheque, of today; nothing is owed, and she gets her certificate.
    session = karim.open(reverse("finance:session-open"))
    karim.client.post(session.url, dict(session.form(having="box").fields))
    receive_by_cheque(
        Payment(
            party_id=party.pk,
            payer_name=party.full_name,
            tenders=(
                Tender(
                    method=Method.CHEQUE,
                    amount=money("85"),
                    reference="7001",
                    bank="بنك فلسطين",
                    dated_on=today(),
                ),
            ),
        ),
        by=viewer_for(User.objects.get(username="karim"), channel="web", request_id="t"),
    )
    draft = attach(amal, open_request(amal, "FD-004", nour), "identity_card", shade=10)
    check = amal.send(
        draft, having="answers-purpose", answers__purpose="land_registry", button=("check", "1")
    )
    request = uid_in(amal.send(check, having="seen").url)
    deliver_events()
    receive(karim, nour)
    deliver_events()
    do_step(jamal, request)
    decide(salma, request, decision="approved")
    issue(amal, request)
    document = IssuedDocument.objects.get(kind="frontdesk.clearance")
    verify = reverse("verify:document", args=[document.code])
    assert "سحبتها" not in citizen.open(verify).text
    hand_over(amal, request)
    deliver_events()

    # The bank returns the cheque: the dues are owed again, and whoever scans the paper reads that it was withdrawn.
    cheque = Cheque.objects.get()
    deposit_cheques([cheque], by=system)
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=system)
    deliver_events()
    withdrawn = citizen.open(verify).text
    assert "سحبتها" in withdrawn
    assert "7001" in salma.open(reverse("frontdesk:request", args=[request])).text
    # Once, and told to her.
    deliver_events()
    assert Request.objects.get().trail.filter(verb="document_revoked").count() == 1
    told = [one.body for one in messages_about(Request.objects.get().subject_ref)]
    assert any(document.number in one and "7001" in one for one in told)


def test_a_wrong_telephone_learns_nothing(at: At, system: Viewer) -> None:
    amal = at("amal")
    nour = register_nour(amal)
    draft = attach(amal, open_request(amal, "FD-001", nour), "identity_card", shade=10)
    check = amal.send(
        draft,
        having="answers-subject",
        answers__subject="إنارة",
        answers__details="معتم",
        button=("check", "1"),
    )
    amal.send(check, having="seen")
    number = str(Request.objects.get().number)
    told = track(at(""), number, "0599000000", expect=422)
    unknown = track(at(""), "2026/99999", "0599000000", expect=422)
    assert "إنارة" not in told.text
    assert _error(told.text) == _error(unknown.text)


def _error(text: str) -> str:
    return re.sub(r"[\d/]", "", text)


def _words_of(pdf: bytes) -> str:
    """The text of a PDF in logical order."""
    assert pdf.startswith(b"%PDF")
    found = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range() for page in found)
