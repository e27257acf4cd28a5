"""Committees' sessions: agenda, quorum, who stands aside, the decision carried out, minutes that stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.organisation.selectors import section_by_code
from kernel.viewer import Viewer
from modules.frontdesk.constants import StepState
from modules.frontdesk.errors import (
    ConflictOfInterest,
    NoQuorum,
    NotForCommittee,
    ReasonRequired,
    SessionClosed,
    SessionNotFound,
)
from modules.frontdesk.models import CommitteeSession, Request
from modules.frontdesk.selectors.letters import agenda_paper, minutes_paper
from modules.frontdesk.services import (
    change_design,
    complete_step,
    hold_session,
    plan_session,
    publish_design,
    put_on_agenda,
    start_design,
    withdraw_request,
)
from modules.frontdesk.services.committee import Member, Verdict
from modules.frontdesk.tests.factories import PETITION, step, submitted, typed_rows

Staff = Callable[[str], Viewer]
MEMBERS = [Member("سالم"), Member("هند"), Member("نور الأسطل", "401234562")]


@pytest.fixture
def head(staff: Staff) -> Viewer:
    """Tarek leads the planning section, whose committee this is."""
    return staff("tarek")


@pytest.fixture
def waiting(hadi: Viewer, amal: Viewer, nour: Any, head: Viewer) -> Request:
    """A petition before the committee of the planning section."""
    keeper = hadi.with_permissions("frontdesk.catalogue")
    raw = dict(start_design("FD-001", by=keeper).definition)
    item = {
        "code": "committee", "title": {"ar": "اللجنة"}, "kind": "committee", "section": "planning",
        "fields": [{"code": "opinion", "kind": "longtext", "label": {"ar": "القرار"}, "required": True}],
    }  # fmt: skip
    raw["route"] = [raw["route"][0], {"steps": [item]}, *raw["route"][1:]]
    change_design("FD-001", raw, by=keeper)
    publish_design("FD-001", note="لجنة", by=keeper)
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    complete_step(made.uid, step(made, "check").uid, by=amal)
    return made


def _session(head: Viewer, waiting: Request, quorum: int = 2) -> CommitteeSession:
    called = plan_session(
        section_by_code("planning"), held_on=today(), members=MEMBERS, quorum=quorum, by=head
    )
    return put_on_agenda(called.uid, step(waiting, "committee").uid, by=head)


def test_a_session_decides_closes_and_prints_its_minutes(head: Viewer, waiting: Request) -> None:
    session = _session(head, waiting)
    uid = str(step(waiting, "committee").uid)
    verdict = Verdict("favourable", "الموافقة على الطلب.", aside={"نور الأسطل": "مقدم الطلب"})
    held = hold_session(
        session.uid, present=[one.name for one in MEMBERS], verdicts={uid: verdict}, by=head
    )
    done = step(waiting, "committee")
    assert (done.state, done.outcome) == (StepState.DONE, "favourable")
    assert "الموافقة على الطلب" in done.note
    assert step(waiting, "decide").state == StepState.OPEN
    assert held.minutes is not None
    with pytest.raises(SessionClosed):
        hold_session(session.uid, present=["سالم", "هند"], verdicts={}, by=head)
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=head):
        CommitteeSession.objects.filter(pk=held.pk).update(agenda=[])


def test_nothing_is_decided_without_quorum_or_by_who_is_concerned(
    head: Viewer, waiting: Request, basel: Viewer
) -> None:
    session = _session(head, waiting)
    uid = str(step(waiting, "committee").uid)
    yes = Verdict("favourable", "الموافقة.")
    with pytest.raises(NoQuorum):
        hold_session(session.uid, present=["سالم"], verdicts={uid: yes}, by=head)
    with pytest.raises(ConflictOfInterest):
        hold_session(
            session.uid, present=[one.name for one in MEMBERS], verdicts={uid: yes}, by=head
        )
    alone = Verdict("favourable", "الموافقة.", aside={"نور الأسطل": "قريب"})
    with pytest.raises(NoQuorum):
        hold_session(session.uid, present=["سالم", "نور الأسطل"], verdicts={uid: alone}, by=head)
    with pytest.raises(ReasonRequired):
        hold_session(
            session.uid, present=["سالم", "هند"], verdicts={uid: Verdict("favourable")}, by=head
        )
    assert step(waiting, "committee").state == StepState.OPEN


def test_a_postponed_item_waits_for_the_next_session(head: Viewer, waiting: Request) -> None:
    session = _session(head, waiting)
    hold_session(session.uid, present=["سالم", "هند"], verdicts={}, by=head)
    assert step(waiting, "committee").state == StepState.OPEN
    assert _session(head, waiting).number.endswith("/2")


def test_only_open_committee_steps_of_the_section_come_on_its_agenda(
    head: Viewer, waiting: Request, staff: Staff
) -> None:
    session = _session(head, waiting)
    with pytest.raises(NotForCommittee):
        put_on_agenda(session.uid, step(waiting, "committee").uid, by=head)
    with pytest.raises(NotForCommittee):
        put_on_agenda(session.uid, step(waiting, "check").uid, by=head)
    with pytest.raises(SessionNotFound):
        plan_session(
            section_by_code("planning"),
            held_on=today(),
            members=MEMBERS,
            quorum=1,
            by=staff("hanan"),
        )


def test_a_session_is_called_and_held_in_the_browser(
    head: Viewer, waiting: Request, client_for: Callable[..., Client]
) -> None:
    browser = client_for("tarek")
    typed = {
        "section": "planning", "held_on": "06/12/2026", "quorum": "2",
        **typed_rows("members", *({"name": one, "role": "member", "id_number": ""} for one in ("سالم", "هند", "منى"))),
    }  # fmt: skip
    called = browser.post(reverse("frontdesk:sessions"), typed)
    assert called.status_code == 302, called.content.decode()[:2000]
    session = CommitteeSession.objects.get()
    uid = str(step(waiting, "committee").uid)
    browser.post(reverse("frontdesk:agenda", args=[session.uid]), {"step": uid})
    url = reverse("frontdesk:session", args=[session.uid])
    assert waiting.number in browser.get(url).content.decode()
    verdict = {f"outcome_{uid}": "unfavourable", f"text_{uid}": "النص الذي كُتب"}
    refused = browser.post(url, {**verdict, "present": ["سالم"]})
    assert refused.status_code == 409
    assert "النص الذي كُتب" in refused.content.decode()
    assert browser.post(url, {**verdict, "present": ["سالم", "منى"]}).status_code == 302
    printed = browser.get(reverse("frontdesk:minutes", args=[session.uid]))
    assert printed.content.startswith(b"%PDF")
    assert step(waiting, "committee").outcome == "unfavourable"


def test_the_next_session_is_called_with_the_people_of_the_last(
    head: Viewer, waiting: Request, client_for: Callable[..., Client]
) -> None:
    called = _session(head, waiting)
    form = client_for("tarek").get(reverse("frontdesk:sessions")).context["form"]
    assert form["quorum"].value() == called.quorum
    assert form["section"].value() == "planning"
    typed = form["members"].value()
    assert [(one["name"], one["id_number"], one["role"]) for one in typed] == [
        (one.name, one.id_number, one.role) for one in MEMBERS
    ]


def test_members_are_rows_and_nothing_typed_is_lost(
    head: Viewer, client_for: Callable[..., Client]
) -> None:
    browser, url = client_for("tarek"), reverse("frontdesk:sessions")
    empty = browser.get(url).content.decode()
    assert 'name="members-2-name"' in empty  # rows to spare without the script
    assert '<option value="طارق العقاد"></option>' in empty  # the staff is offered
    told = {"section": "planning", "held_on": "06/12/2026", "quorum": "2", "place": "القاعة"}
    salem, hind = (
        {"name": "سالم", "role": "chair", "id_number": "401234562"},
        {"name": "هند", "role": "secretary", "id_number": ""},
    )
    for wrong in (
        [salem, {**hind, "name": "سالم"}],
        [salem, {**hind, "name": "", "id_number": "900000001"}],
        [salem, {**hind, "role": "chair"}],
    ):
        refused = browser.post(url, {**told, **typed_rows("members", {}, *wrong)})
        assert refused.status_code == 422
        page = refused.content.decode()
        assert "سالم" in page
        assert "القاعة" in page
        assert not CommitteeSession.objects.exists()
    assert browser.post(url, {**told, **typed_rows("members", salem, hind)}).status_code == 302
    kept = CommitteeSession.objects.get()
    assert [(one["name"], one["role"]) for one in kept.members] == [
        ("سالم", "chair"), ("هند", "secretary"),
    ]  # fmt: skip
    page = browser.get(reverse("frontdesk:session", args=[kept.uid])).content.decode()
    assert "مقرر اللجنة" in page
    assert agenda_paper(kept)["to"][1:] == ["سالم (رئيس اللجنة)", "هند (مقرر اللجنة)"]


def test_the_minutes_are_signed_by_the_chair_first_and_the_secretary_last(
    head: Viewer, waiting: Request
) -> None:
    three = [Member("هند", role="secretary"), Member("منى"), Member("سالم", role="chair")]
    called = plan_session(
        section_by_code("planning"), held_on=today(), members=three, quorum=2, by=head
    )
    put_on_agenda(called.uid, step(waiting, "committee").uid, by=head)
    hold_session(called.uid, present=["هند", "سالم"], verdicts={}, by=head)
    paper = minutes_paper(CommitteeSession.objects.get())
    assert [(one["title"], one["name"]) for one in paper["signatures"]] == [
        ("رئيس اللجنة", "سالم"), ("مقرر اللجنة", "هند"),
    ]  # fmt: skip
    assert "الحضور: سالم (رئيس اللجنة)، هند (مقرر اللجنة). الغياب: منى." in paper["body"]


def test_two_members_stand_aside_each_with_the_reason_and_nobody_without_one(
    head: Viewer, waiting: Request, client_for: Callable[..., Client]
) -> None:
    """A quorum of two needs two who stay; the closed page and the minutes say who went and why."""
    browser = client_for("tarek")
    four = [*MEMBERS, Member("منى")]
    called = plan_session(
        section_by_code("planning"), held_on=today(), members=four, quorum=2, by=head
    )
    session = put_on_agenda(called.uid, step(waiting, "committee").uid, by=head)
    uid = str(step(waiting, "committee").uid)
    url = reverse("frontdesk:session", args=[session.uid])
    typed = {
        f"outcome_{uid}": "favourable", f"text_{uid}": "الموافقة.", f"aside_{uid}": ["نور الأسطل", "هند"],
        "present": [one.name for one in four],
    }  # fmt: skip
    refused = browser.post(url, typed)
    assert refused.status_code == 409
    assert f'href="#why_{uid}"' in refused.content.decode()
    assert step(waiting, "committee").is_open
    assert browser.post(url, {**typed, f"why_{uid}": "صلة قرابة"}).status_code == 302
    (item,) = CommitteeSession.objects.get().agenda
    assert item["aside"] == {"نور الأسطل": "صلة قرابة", "هند": "صلة قرابة"}
    page = browser.get(url).content.decode()
    assert "الموافقة." in page
    assert "صلة قرابة" in page
    assert "لا مانع" in page
    body = minutes_paper(CommitteeSession.objects.get())["body"]
    assert "تنحى هند: صلة قرابة." in body[-1]


def test_an_item_that_nobody_touched_is_postponed(
    head: Viewer, waiting: Request, client_for: Callable[..., Client]
) -> None:
    session = _session(head, waiting)
    browser, url = client_for("tarek"), reverse("frontdesk:session", args=[session.uid])
    assert browser.get(url).context["items"][0]["chosen"] == "postponed"
    browser.post(url, {"present": ["سالم", "هند"]})
    assert step(waiting, "committee").is_open
    assert "مؤجل" in browser.get(url).content.decode()


def test_what_waits_no_more_is_said_on_the_agenda_and_does_not_hold_the_session_up(
    head: Viewer, amal: Viewer, waiting: Request, client_for: Callable[..., Client]
) -> None:
    session = _session(head, waiting)
    withdraw_request(waiting.uid, reason="عدل عن الطلب", by=amal)
    browser, url = client_for("tarek"), reverse("frontdesk:session", args=[session.uid])
    assert browser.get(url).context["items"][0]["is_gone"]
    assert browser.post(url, {"present": ["سالم", "هند"]}).status_code == 302


def test_the_invitation_names_the_members_the_day_and_the_agenda(
    head: Viewer, waiting: Request, client_for: Callable[..., Client]
) -> None:
    session = _session(head, waiting)
    paper = agenda_paper(session)
    assert [one.name for one in MEMBERS] == paper["to"][1:]
    assert waiting.number in " ".join(paper["body"])
    printed = client_for("tarek").get(reverse("frontdesk:minutes", args=[session.uid]))
    assert printed.content.startswith(b"%PDF")
