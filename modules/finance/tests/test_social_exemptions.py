"""REV-05: an exemption by category takes its percent from the policy, keeps the paper, and is for one property only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.files.models import StoredFile
from kernel.files.services import store_file
from kernel.money import money
from kernel.parties.models import Party
from kernel.parties.services import merge_parties
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.constants import CreditGround, CreditKind
from modules.finance.errors import CreditAboveAuthority, CreditTooLarge, DecisionMissing
from modules.finance.errors.credits import (
    CategoryNotExempted,
    ExemptedAlready,
    ExemptedElsewhere,
    ProofMissing,
)
from modules.finance.models import Attachment, Charge, Credit
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.charging import assess_by_hand
from modules.finance.services.credits import DecisionPaper, reverse_credit
from modules.finance.services.exempting import exempt_by_category
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from tests.exemplars import parcel, picture

PAPER = DecisionPaper(number="3/2026", decided_on=date(2026, 3, 1), authority="council")


@pytest.fixture
def nour(town: str) -> Party:
    return person()


def scan(shade: int = 90) -> StoredFile:
    return store_file(picture(shade), "بطاقة.png", HOUSE)


def of(party: Party, land: object = None, amount: str = "150", year: int = 2026) -> Charge:
    """A due of a property."""
    return assess_by_hand(
        party_id=party.pk,
        kind="finance.waste",
        amount=money(amount),
        due_on=today(),
        description="",
        year=year,
        land_unit_id=land.pk if land else None,  # type: ignore[attr-defined]
        by=HOUSE,
    )


def exempts(
    due: Charge,
    category: CreditGround = CreditGround.MARTYR_FAMILY,
    *,
    paper: DecisionPaper = PAPER,
    proof: bool = True,
    by: Viewer = HOUSE,
) -> Credit:
    return exempt_by_category(
        due, category=category, proof=[scan()] if proof else [], paper=paper, by=by
    )


def test_the_percent_is_the_policys_and_the_paper_is_kept(nour: Party) -> None:
    """Half of 150.00 is given to the family of a martyr: 75.00 are owed, and the card stands behind the entry."""
    due = of(nour)
    granted = exempts(due)
    due.refresh_from_db()
    assert (granted.amount, due.balance) == (75, 75)
    assert (granted.kind, granted.ground) == (CreditKind.EXEMPTION, CreditGround.MARTYR_FAMILY)
    assert Attachment.objects.get(entry=granted.entry).file.name == "بطاقة.png"
    rows = REPORTS["by-ground"].table(HOUSE, today(), today()).rows
    assert rows == (("martyr_family", "exemption", "ILS", 1, 1, 75),)
    assert faults(HOUSE) == []


def test_each_category_has_its_own_percent_of_the_day_of_the_decision(nour: Party) -> None:
    set_value("REV-05.disability", "30", starts_on=date(2026, 2, 1), resolution="5", by=HOUSE)
    assert exempts(of(nour), CreditGround.DISABILITY).amount == 45
    before = DecisionPaper(number="1", decided_on=date(2026, 1, 31), authority="council")
    assert exempts(of(nour, year=2025), CreditGround.DISABILITY, paper=before).amount == 75


def test_without_the_paper_nothing_is_exempted_unless_decided_so(nour: Party) -> None:
    due = of(nour)
    with pytest.raises(ProofMissing):
        exempts(due, proof=False)
    assert not Credit.objects.exists()
    set_value("REV-05.proof_document", False, starts_on=PAPER.decided_on, resolution="5", by=HOUSE)
    assert exempts(due, proof=False).amount == 75


def test_a_second_property_is_refused_and_the_same_one_is_not(nour: Party) -> None:
    home, shop = parcel(), parcel(parcel_no="16")
    exempts(of(nour, home))
    with pytest.raises(ExemptedElsewhere, match="REV-05"):
        exempts(of(nour, shop))
    exempts(of(nour, home))
    exempts(of(nour, shop, year=2027))
    exempts(of(nour))
    assert Credit.objects.count() == 4


def test_a_merged_record_is_the_same_person(nour: Party) -> None:
    twin = person()
    exempts(of(twin, parcel()))
    merge_parties(keep=nour.uid, alias=twin.uid, reason="مكرر", by=HOUSE)
    with pytest.raises(ExemptedElsewhere):
        exempts(of(nour, parcel(parcel_no="16")))


def test_what_was_taken_back_exempts_nothing(nour: Party) -> None:
    granted = exempts(of(nour, parcel()))
    reverse_credit(granted, reason="انتهت الحالة", by=HOUSE)
    assert exempts(of(nour, parcel(parcel_no="16"))).amount == 75


def test_a_municipality_may_exempt_several_properties(nour: Party) -> None:
    exempts(of(nour, parcel()))
    set_value(
        "REV-05.one_property_only", False, starts_on=PAPER.decided_on, resolution="5", by=HOUSE
    )
    assert exempts(of(nour, parcel(parcel_no="16"))).amount == 75


def test_a_due_is_exempted_once(nour: Party) -> None:
    due = of(nour)
    exempts(due)
    with pytest.raises(ExemptedAlready):
        exempts(due, CreditGround.DISABILITY)


def test_what_refuses_any_exemption_refuses_this_one(nour: Party, karim: Viewer) -> None:
    due = of(nour)
    mayor = DecisionPaper(number="1", decided_on=PAPER.decided_on, authority="mayor")
    with pytest.raises(CreditAboveAuthority):
        exempts(due, paper=mayor)
    with pytest.raises(DecisionMissing):
        exempts(due, paper=DecisionPaper(number="", decided_on=None, authority="council"))
    with pytest.raises(DecisionMissing):
        exempts(due, CreditGround.REWARD)
    set_value("REV-05.social_case", "0", starts_on=PAPER.decided_on, resolution="5", by=HOUSE)
    with pytest.raises(CategoryNotExempted):
        exempts(due, CreditGround.SOCIAL_CASE)
    session_of(karim)
    pays(nour, "80", by=karim)
    with pytest.raises(CreditTooLarge):
        exempts(due)
    assert not Attachment.objects.exists()


def test_the_page_offers_what_the_policy_gives(
    nour: Party, client_for: Callable[..., Client]
) -> None:
    due = of(nour)
    staff("huda", "accountant")
    huda = client_for("huda")
    page = reverse("finance:charge", args=[due.uid])
    shown = huda.get(page).content.decode()
    assert "أسرة شهيد (50%: 75.00)" in shown
    door = reverse("finance:charge-exempt", args=[due.uid])
    typed = {
        "exempt-category": "martyr_family",
        "exempt-decision_no": "3/2026",
        "exempt-decided_on": "01/03/2026",
        "exempt-authority": "council",
        "exempt-note": "بطاقة 17",
    }
    nothing = huda.post(door, typed)
    words = nothing.content.decode()
    assert nothing.status_code == 422 and "3/2026" in words and "REV-05" in words
    card = SimpleUploadedFile("بطاقة.png", picture(40), content_type="image/png")
    assert huda.post(door, typed | {"exempt-proof": card}).status_code == 302
    due.refresh_from_db()
    assert due.balance == Decimal(75)
    entry = Credit.objects.get().entry
    assert "أسرة شهيد" in huda.get(page).content.decode()
    assert "بطاقة 17" in huda.get(reverse("finance:entry", args=[entry.uid])).content.decode()


def test_who_may_not_credit_exempts_nobody(
    nour: Party, karim: Viewer, client_for: Callable[..., Client]
) -> None:
    due = owes(nour, "100")
    assert (
        "exempt-category"
        not in client_for("karim").get(reverse("finance:charge", args=[due.uid])).content.decode()
    )
    door = reverse("finance:charge-exempt", args=[due.uid])
    assert client_for("karim").post(door, {}).status_code == 403
