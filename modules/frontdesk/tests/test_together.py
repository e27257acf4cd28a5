"""Working together: the next step, many at once, mentions, macros, another section beside, escalation, undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.notifications.models import Notification, OutgoingMessage
from kernel.organisation.selectors import section_by_code, viewer_for
from kernel.organisation.services import delegate
from kernel.viewer import Viewer
from modules.frontdesk.constants import State, StepState, Verb
from modules.frontdesk.errors import (
    NobodyHolds,
    NoTelephone,
    NothingNext,
    NothingToUndo,
    NotYourStep,
    RequestNotFound,
    SectionAlreadyAsked,
    StepNotFound,
    ToolNotFound,
)
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import (
    add_note,
    ask_beside,
    assign_many,
    complete_step,
    decide_request,
    drop_beside,
    escalate,
    run_macro,
    save_tool,
    take_next,
    take_step,
    tell_by_hand,
    undo_last,
    wait_external,
)
from modules.frontdesk.services.nightly import escalate_late
from modules.frontdesk.tests.factories import PETITION, fresh, step, submitted

Staff = Callable[[str], Viewer]


def _petition(amal: Viewer, nour: Any) -> Request:
    return submitted("FD-001", by=amal, applicant=nour, answers=PETITION)


def _user(viewer: Viewer) -> User:
    return User.objects.get(pk=viewer.user_id)


def test_the_next_step_is_the_one_due_first_and_those_served_first_before_it(
    amal: Viewer, nour: Any, system: Viewer
) -> None:
    first, second, third = (_petition(amal, nour) for _number in range(3))
    with recorded(by=system):
        Request.objects.filter(pk=third.pk).update(is_priority=True)
    taken = [take_next(by=amal).request_id for _number in range(3)]
    assert taken == [third.pk, first.pk, second.pk]
    with pytest.raises(NothingNext):
        take_next(by=amal)


def test_many_steps_go_to_a_colleague_for_one_reason_and_what_cannot_is_told(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    hanan = staff("hanan")
    made = [_petition(amal, nour) for _number in range(3)]
    complete_step(made[2].uid, step(made[2], "check").uid, by=amal)
    uids = [step(one, "check").uid for one in made]
    done, refused = assign_many(uids, to=_user(amal), reason="إجازة زميلة", by=hanan)
    assert done == 2
    assert [number for number, _why in refused] == [made[2].number]
    assert step(made[0], "check").assignee_id == amal.user_id
    assert Notification.objects.filter(user_id=amal.user_id, verb="frontdesk.assigned").count() == 1
    entry = fresh(made[0]).trail.get(verb=Verb.ASSIGNED)
    assert "إجازة زميلة" in entry.text


def test_who_is_mentioned_hears_of_it_and_sees_the_request(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    made, walid = _petition(amal, nour), staff("walid")
    with pytest.raises(RequestNotFound):
        request_for(walid, made.uid)
    add_note(made.uid, text="ما رأيك يا @walid؟", by=amal)
    assert request_for(walid, made.uid).pk == made.pk
    bell = Notification.objects.get(user_id=walid.user_id, verb="frontdesk.mentioned")
    assert made.number in bell.text


def test_a_macro_notes_tells_and_completes_or_does_nothing(
    amal: Viewer, basel: Viewer, nour: Any
) -> None:
    macro = save_tool(
        "macro",
        name="مكتمل",
        definition={"note": "الأوراق كاملة", "message": "معاملتكم قيد العمل", "act": "complete"},
        by=amal,
    )
    made = _petition(amal, nour)
    before = OutgoingMessage.objects.count()
    run_macro(macro.uid, made.uid, step(made, "check").uid, by=amal)
    assert step(made, "check").state == StepState.DONE
    assert OutgoingMessage.objects.count() == before + 1
    with pytest.raises(ToolNotFound):
        run_macro(macro.uid, made.uid, step(made, "decide").uid, by=basel)
    notes = fresh(made).trail.filter(verb=Verb.NOTE).count()
    with pytest.raises(NotYourStep):
        run_macro(macro.uid, made.uid, step(made, "decide").uid, by=amal)
    assert fresh(made).trail.filter(verb=Verb.NOTE).count() == notes


def test_a_sections_view_is_kept_by_who_leads_it_and_used_by_all_there(
    amal: Viewer, basel: Viewer, staff: Staff
) -> None:
    from modules.frontdesk.selectors.tools import saved_views

    desk = section_by_code("front_desk")
    save_tool(
        "view", name="العاجل", definition={"query": "box=overdue"}, section=desk, by=staff("hanan")
    )
    assert [one.name for one in saved_views(amal)] == ["العاجل"]
    assert saved_views(basel) == []


def test_another_section_beside_holds_the_stage_until_both_are_done(
    amal: Viewer, salma: Viewer, nour: Any, staff: Staff
) -> None:
    made, rami = _petition(amal, nour), staff("rami")
    check, legal = step(made, "check"), section_by_code("legal")
    beside = ask_beside(made.uid, check.uid, section=legal, days=2, reason="صفة الطالب", by=amal)
    with pytest.raises(SectionAlreadyAsked):
        ask_beside(made.uid, check.uid, section=legal, days=2, reason="مرة ثانية", by=amal)
    complete_step(made.uid, check.uid, by=amal)
    assert step(made, "decide").state == StepState.PLANNED
    complete_step(made.uid, beside.uid, answers={"opinion": "لا مانع."}, by=rami)
    assert step(made, "decide").state == StepState.OPEN
    decide_request(made.uid, step(made, "decide").uid, decision="approved", by=salma)
    assert fresh(made).decision == "approved"


def test_an_opinion_no_longer_needed_is_dropped_but_never_a_step_of_the_route(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    made, hanan = _petition(amal, nour), staff("hanan")
    check = step(made, "check")
    beside = ask_beside(
        made.uid, check.uid, section=section_by_code("legal"), days=2, reason="رأي", by=amal
    )
    complete_step(made.uid, check.uid, by=amal)
    drop_beside(made.uid, beside.uid, reason="اتضح الأمر", by=hanan)
    assert step(made, "decide").state == StepState.OPEN
    with pytest.raises(StepNotFound):
        drop_beside(made.uid, step(made, "decide").uid, reason="لا", by=hanan)


def test_a_late_step_comes_before_the_named_role_once(
    amal: Viewer, nour: Any, system: Viewer, salma: Viewer, hadi: Viewer, sunday: Any
) -> None:
    from modules.frontdesk.services import change_design, publish_design, start_design

    keeper = hadi.with_permissions("frontdesk.catalogue")
    raw = dict(start_design("FD-001", by=keeper).definition)
    raw["route"][0]["steps"][0]["escalate_to"] = "manager"
    change_design("FD-001", raw, by=keeper)
    publish_design("FD-001", note="تصعيد", by=keeper)
    made = _petition(amal, nour)
    assert escalate_late(by=system) == 0
    sunday.shift(timedelta(days=3))
    assert escalate_late(by=system) == 1
    assert escalate_late(by=system) == 0
    assert (
        Notification.objects.filter(user_id=salma.user_id, verb="frontdesk.escalated").count() == 1
    )
    assert fresh(made).trail.filter(verb=Verb.ESCALATED).count() == 1
    with pytest.raises(NobodyHolds):
        escalate(made.uid, step(made, "check").uid, role="nobody", reason="x", by=amal)


def test_taking_up_and_assigning_are_undone_and_nothing_else_is(
    amal: Viewer, nour: Any, staff: Staff, client_for: Callable[..., Client]
) -> None:
    made, hanan = _petition(amal, nour), staff("hanan")
    check = step(made, "check")
    page, undo = (reverse(f"frontdesk:{one}", args=[made.uid]) for one in ("request", "undo"))
    assert undo not in client_for("amal").get(page).content.decode()
    take_step(made.uid, check.uid, by=amal)
    assert undo in client_for("amal").get(page).content.decode()
    assert undo not in client_for("hanan").get(page).content.decode()
    undo_last(made.uid, by=amal)
    assert step(made, "check").assignee_id is None
    assert fresh(made).state == State.SUBMITTED
    with pytest.raises(NothingToUndo):
        undo_last(made.uid, by=amal)
    take_step(made.uid, check.uid, by=amal)
    with pytest.raises(NothingToUndo):
        undo_last(made.uid, by=hanan)
    complete_step(made.uid, check.uid, by=amal)
    with pytest.raises(NothingToUndo):
        undo_last(made.uid, by=amal)


def test_the_page_says_who_else_looks_and_prints_the_letter_outside(
    amal: Viewer, nour: Any, staff: Staff, client_for: Callable[..., Client]
) -> None:
    staff("hanan")
    made = _petition(amal, nour)
    url = reverse("frontdesk:presence", args=[made.uid])
    desk, head = client_for("amal"), client_for("hanan")
    assert "أمل" not in head.get(url).content.decode()
    desk.get(url)
    assert "أمل" in head.get(url).content.decode()
    at = step(made, "check")
    for page in ("request", "step"):
        held = [made.uid] if page == "request" else [made.uid, at.uid]
        shown = head.get(reverse(f"frontdesk:{page}", args=held)).context["names"]
        assert shown == [amal.name], f"{page}: said at once, before the page asks again"
    wait_external(made.uid, at.uid, body="الدفاع المدني", by=amal)
    pause = made.pauses.get()
    letter = desk.get(reverse("frontdesk:letter", args=[made.uid, pause.uid]))
    assert letter.content.startswith(b"%PDF")


def test_the_inbox_assigns_what_was_ticked_and_keeps_a_view(
    amal: Viewer, nour: Any, staff: Staff, client_for: Callable[..., Client]
) -> None:
    staff("hanan")
    made = _petition(amal, nour)
    head = client_for("hanan")
    page = head.get(reverse("frontdesk:inbox") + "?box=section").content.decode()
    assert 'form="picked"' in page
    uid = str(step(made, "check").uid)
    shown = head.post(reverse("frontdesk:assign-many"), {"pick": uid})
    assert made.number in shown.content.decode()
    body = {"pick": uid, "to": str(_user(amal).uid), "reason": "توزيع"}
    assert head.post(reverse("frontdesk:assign-many"), body).status_code == 302
    assert step(made, "check").assignee_id == amal.user_id
    kept = {"kind": "view", "name": "قسمي", "query": "box=section&free=true"}
    assert head.post(reverse("frontdesk:tools"), kept).status_code == 302
    assert "قسمي" in head.get(reverse("frontdesk:inbox")).content.decode()
    free = head.get(reverse("frontdesk:inbox") + "?box=section&free=true").content.decode()
    assert made.number not in free
    assert head.post(reverse("frontdesk:next")).status_code == 302
    for name in ("beside", "escalate"):
        page = head.get(reverse(f"frontdesk:{name}", args=[made.uid, uid]))
        assert page.status_code == 200
    assert head.get(reverse("frontdesk:request", args=[made.uid])).status_code == 200


def test_who_stands_in_for_a_colleague_finds_their_work_in_a_box_of_its_own(
    amal: Viewer, nour: Any, staff: Staff, client_for: Callable[..., Client]
) -> None:
    made = _petition(amal, nour)
    staff("hanan")
    head = client_for("hanan")
    address = reverse("frontdesk:inbox") + "?box=delegated"
    assert "بالنيابة عن الزملاء" not in head.get(address).content.decode()
    take_step(made.uid, step(made, "check").uid, by=amal)
    delegate(
        from_user=_user(amal), to_user=User.objects.get(username="hanan"), starts_on=today(), ends_on=today(),
        reason="إجازة", by=amal,
    )  # fmt: skip
    page = head.get(address)
    assert "بالنيابة عن الزملاء" in page.content.decode()
    assert [row.record.request.number for row in page.context["table"].rows] == [made.number]


def test_free_work_of_a_lent_seat_stands_in_the_box_too_and_ones_own_does_not(
    amal: Viewer, nour: Any, staff: Staff, client_for: Callable[..., Client]
) -> None:
    made, rami = _petition(amal, nour), _user(staff("rami"))
    window = client_for("rami")
    address = reverse("frontdesk:inbox") + "?box=delegated"
    delegate(
        from_user=_user(amal), to_user=rami, starts_on=today(), ends_on=today(), reason="إجازة", by=amal
    )  # fmt: skip
    listed = window.get(address).context["table"].rows
    assert [row.record.request.number for row in listed] == [made.number]  # nobody has taken it
    take_step(made.uid, step(made, "check").uid, by=viewer_for(rami))
    assert not list(window.get(address).context["table"].rows)  # rami's own now, under “mine”
    hanan, other = _user(staff("hanan")), _petition(amal, nour)
    delegate(
        from_user=_user(amal), to_user=hanan, starts_on=today(), ends_on=today(), reason="إجازة", by=amal
    )  # fmt: skip
    # Hanan sits in the section herself: what is free there is hers without anybody's seat.
    page = client_for("hanan").get(address)
    assert other.number not in [row.record.request.number for row in page.context["table"].rows]


def test_an_inbox_of_any_size_takes_the_same_number_of_statements(
    amal: Viewer, nour: Any, client_for: Callable[..., Client], count_queries: Callable[[], Any]
) -> None:
    made = _petition(amal, nour)
    desk = client_for("amal")
    url = reverse("frontdesk:inbox") + "?box=section"
    desk.get(url)
    with count_queries() as few:
        desk.get(url)
    many(made, 5000)
    with count_queries() as lots:
        page = desk.get(url).content.decode()
    assert len(lots) == len(few) <= INBOX_STATEMENTS, [one["sql"] for one in lots]
    assert "5001" in page.replace(",", "")


INBOX_STATEMENTS = 14
"""The page of an inbox, menu, counters and bell included."""


def many(like: Request, count: int) -> None:
    """Open requests beside one that is there, each with its open step: an inbox as a busy town has it."""
    model = step(like, "check")
    with recorded(by=Viewer.system("tests")):
        first = 1_000_000
        requests = Request.objects.bulk_create(
            Request(
                service_version=like.service_version,
                number=f"2026/{first + n}",
                number_year=2026,
                number_seq=first + n,
                state=State.SUBMITTED,
                applicant=like.applicant,
                submitted_at=like.submitted_at,
                submitted_on=like.submitted_on,
                promised_on=like.promised_on,
                seen_by=like.seen_by,
            )
            for n in range(count)
        )
        RequestStep.objects.bulk_create(
            RequestStep(
                request=one,
                code="check",
                stage=1,
                kind=model.kind,
                section=model.section,
                state=StepState.OPEN,
                opened_at=model.opened_at,
                opened_on=model.opened_on,
                due_on=model.due_on,
                days_allowed=1,
            )
            for one in requests
        )


def test_nobody_is_told_where_nobody_would_hear(amal: Viewer, nour: Any, system: Viewer) -> None:
    """A role without a seat, a request without a telephone: said at once, and nothing is kept of it."""
    made = _petition(amal, nour)
    with pytest.raises(NobodyHolds, match="أمين الأرشيف"):
        escalate(made.uid, step(made, "check").uid, role="archivist", reason="عاجل", by=amal)
    with recorded(by=system):
        Request.objects.filter(pk=made.pk).update(contact_phone="")
    with pytest.raises(NoTelephone):
        tell_by_hand(made.uid, text="راجعنا غداً", by=amal)
    assert not fresh(made).trail.filter(verb__in=[Verb.ESCALATED, Verb.TOLD]).exists()
