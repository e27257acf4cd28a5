"""Papers: brought once, substituted when lost, waived with a reason, seen by every section on the route."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.errors import NotPermitted, NotVisible
from kernel.files.services import file_for
from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision
from modules.frontdesk.errors import (
    ConditionalPaperMissing,
    PaperNotReusable,
    PaperUnknown,
    ReasonRequired,
    RequestNotFound,
)
from modules.frontdesk.selectors.papers import offered_again
from modules.frontdesk.selectors.requests import papers_of
from modules.frontdesk.services import (
    attach_paper,
    complete_step,
    decide_request,
    reject_paper,
    reuse_paper,
    submit_request,
    waive_paper,
)
from modules.frontdesk.tests.factories import (
    PETITION,
    PLANNING,
    draft,
    fresh,
    parcel,
    scan,
    step,
    submitted,
)

Staff = Callable[[str], Viewer]
LOST = (
    "notarised_ownership_declaration",
    "mukhtar_certificate",
    "neighbourhood_committee_statement",
)


@pytest.fixture
def planning(finance: Any, amal: Viewer, nour: Any, system: Viewer) -> Any:
    made = draft("PL-001", by=amal, applicant=nour, answers=PLANNING, land_unit=parcel(by=system))
    attach_paper(
        made.uid, requirement="survey_plan", file=scan(amal, "مساحة.png", shade=11), by=amal
    )
    return made


def test_a_lost_title_is_replaced_by_a_whole_set_never_by_a_part_of_it(
    planning: Any, amal: Viewer
) -> None:
    for number, code in enumerate(LOST[:-1]):
        attach_paper(
            planning.uid,
            requirement="title_deed",
            document_type=code,
            file=scan(amal, f"{number}.png", shade=20 + number),
            by=amal,
        )
    assert not submit_request(planning.uid, by=amal).accepted
    attach_paper(
        planning.uid,
        requirement="title_deed",
        document_type=LOST[-1],
        file=scan(amal, "3.png", shade=30),
        by=amal,
    )
    assert submit_request(planning.uid, by=amal).accepted


def test_a_paper_that_the_service_does_not_ask_for_is_refused(planning: Any, amal: Viewer) -> None:
    with pytest.raises(PaperUnknown):
        attach_paper(planning.uid, requirement="soil_report", file=scan(amal), by=amal)
    with pytest.raises(PaperUnknown):
        attach_paper(
            planning.uid,
            requirement="title_deed",
            document_type="soil_report",
            file=scan(amal),
            by=amal,
        )


def test_a_valid_paper_on_file_is_offered_and_used_again(amal: Viewer, nour: Any) -> None:
    first = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    second = fresh(draft("FD-001", by=amal, applicant=nour, answers=PETITION))
    (offered,) = [one for one in offered_again(amal, second) if one.request_id == first.pk]
    used = reuse_paper(second.uid, requirement="identity_card", paper_uid=offered.uid, by=amal)
    assert (used.file_id, used.reused_from_id) == (offered.file_id, offered.pk)


def test_the_place_of_the_papers_on_the_page_does_not_lead_on_to_the_next_pages(
    amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    """A form without an address sends `#papers` along, and the request opens at its papers instead of its number."""
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    for page in ("draft", "check"):
        url = reverse(f"frontdesk:{page}", args=[made.uid])
        assert f'<form method="post" action="{url}"' in client_for("amal").get(url).content.decode()


def test_a_paper_too_old_or_of_another_person_is_not_offered(
    amal: Viewer, nour: Any, system: Viewer, sunday: Any
) -> None:
    from modules.frontdesk.tests.factories import citizen

    old = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    other = citizen(by=system, id_number="900000019", given_name="سعاد")
    foreign = fresh(draft("FD-001", by=amal, applicant=other, answers=PETITION))
    assert offered_again(amal, foreign) == []
    with pytest.raises(PaperNotReusable):
        reuse_paper(
            foreign.uid, requirement="identity_card", paper_uid=old.papers.get().uid, by=amal
        )
    sunday.shift(timedelta(days=1826))
    assert offered_again(amal, fresh(draft("FD-001", by=amal, applicant=nour))) == []


def test_a_paper_is_waived_by_who_may_with_a_reason(amal: Viewer, nour: Any, staff: Staff) -> None:
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    with pytest.raises(NotPermitted):
        waive_paper(made.uid, requirement="identity_card", reason="معروف", by=amal)
    hanan = staff("hanan")
    with pytest.raises(ReasonRequired):
        waive_paper(made.uid, requirement="identity_card", reason=" ", by=hanan)


def test_what_was_accepted_on_condition_is_brought_before_approval(
    amal: Viewer, nour: Any, staff: Staff, salma: Viewer
) -> None:
    hanan = staff("hanan")
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    paper = petition.papers.get()
    reject_paper(petition.uid, paper_uid=paper.uid, reason="غير واضحة", by=hanan)
    waived = waive_paper(
        petition.uid, requirement="identity_card", reason="سيحضرها", conditional=True, by=hanan
    )
    assert waived.valid_until == today() + timedelta(days=15)
    complete_step(petition.uid, step(petition, "check").uid, by=hanan)
    with pytest.raises(ConditionalPaperMissing):
        decide_request(
            petition.uid, step(petition, "decide").uid, decision=Decision.APPROVED, by=salma
        )
    attach_paper(petition.uid, requirement="identity_card", file=scan(amal, shade=77), by=amal)
    decide_request(petition.uid, step(petition, "decide").uid, decision=Decision.APPROVED, by=salma)


def test_papers_are_seen_along_the_whole_route_from_submission_on_and_nowhere_else(
    planning: Any, amal: Viewer, staff: Staff, basel: Viewer
) -> None:
    attach_paper(
        planning.uid, requirement="title_deed", file=scan(amal, "سند.png", shade=40), by=amal
    )
    paper = papers_of(amal, planning)[0]
    legal, outsider = staff("rami"), staff("ines")
    with pytest.raises(RequestNotFound):
        attach_paper(planning.uid, requirement="title_deed", file=scan(legal), by=legal)
    submit_request(planning.uid, by=amal)
    for viewer in (legal, basel, staff("samir"), staff("jamal")):
        assert file_for(viewer, paper.file.uid).pk == paper.file_id
    with pytest.raises(NotVisible):
        file_for(outsider, paper.file.uid)


def test_a_confidential_paper_is_opened_by_who_may_and_by_who_brought_it(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    made = draft("FD-009", by=amal, applicant=nour)
    secret = attach_paper(
        made.uid, requirement="social_or_damage_proof", file=scan(amal, shade=5), by=amal
    )
    assert submit_request(made.uid, by=amal).accepted
    assert secret.is_confidential
    found = fresh(made)
    assert secret in papers_of(amal, found)
    jamal = staff("jamal")
    assert secret not in papers_of(jamal, found)
    assert secret in papers_of(jamal.with_permissions("frontdesk.see_confidential"), found)
