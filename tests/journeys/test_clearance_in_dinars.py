"""شهادة براءة الذمة where everything is in dinars: five fils stand in the way, are paid, and then nothing does."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.parties.models import Party
from kernel.policies.services import set_value
from kernel.printing.models import IssuedDocument
from kernel.viewer import Viewer
from modules.finance.models import Charge, Receipt
from modules.finance.selectors.proofs import faults
from modules.finance.services.charging import assess_by_hand
from modules.finance.services.chart import enter_rate
from tests.journeys.test_clearance import _words_of
from tests.journeys.walking import (
    At,
    attach,
    decide,
    do_step,
    issue,
    open_request,
    receive,
    register_nour,
    uid_in,
)


def test_five_fils_stand_in_the_way_of_a_clearance(
    at: At, deliver_events: Callable[[], int], system: Viewer
) -> None:
    """12.345 of rent and 0.005 of a fine: both are told to the fils wherever they are told, and both are paid."""
    amal, karim, jamal, salma = (at(name) for name in ("amal", "karim", "jamal", "salma"))
    set_value("FIN-04.base", "JOD", starts_on=today(), resolution="1", by=system)
    set_value("FRD-04.threshold", "0 JOD", starts_on=today(), by=system)
    # The certificate's own fee is set in shekels.
    enter_rate(currency="ILS", rate=Decimal("0.192"), on=today(), by=system)
    nour = register_nour(amal)
    party = Party.objects.get(uid=nour)
    for amount, kind in (("12.345", "finance.rent"), ("0.005", "finance.fines")):
        assess_by_hand(
            party_id=party.pk,
            kind=kind,
            amount=money(amount, "JOD"),
            due_on=today(),
            description="",
            by=system,
        )
    person = amal.open(reverse("people:person", args=[nour]))
    assert "12.350" in person.text
    assert "0.005" in person.text

    draft = attach(amal, open_request(amal, "FD-004", nour), "identity_card", shade=10)
    check = amal.send(
        draft, having="answers-purpose", answers__purpose="land_registry", button=("check", "1")
    )
    assert "12.350" in check.text
    assert "12.350" in amal.send(check, having="seen", expect=409).text

    # All but the five fils: they stop her still.
    rent = Charge.objects.get(kind__code="finance.rent")
    page = karim.open(reverse("finance:session-open"))
    karim.client.post(page.url, dict(page.form(having="box").fields))
    page = karim.open(reverse("finance:receive", args=[nour]))
    paid = karim.send(page, having="amount", amount="12.345", charges=[str(rent.uid)])
    assert "فقط اثنا عشر ديناراً أردنياً وثلاثمائة وخمسة وأربعون فلساً لا غير" in paid.text
    stopped = amal.send(amal.open(check.url), having="seen", expect=409)
    assert "0.005" in stopped.text

    paid = receive(karim, nour)
    assert "فقط خمسة فلوس لا غير" in paid.text
    accepted = amal.send(amal.open(check.url), having="seen")
    request = uid_in(accepted.url)
    deliver_events()
    receive(karim, nour)
    deliver_events()
    do_step(jamal, request)
    decide(salma, request, decision="approved")
    printed = issue(amal, request)
    assert "نور" in _words_of(amal.file(printed.link(end="/document")))
    assert IssuedDocument.objects.filter(kind="frontdesk.clearance").exists()
    assert Receipt.objects.count() == 3
    assert faults(system) == []
