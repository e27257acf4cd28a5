"""Committees' sessions: agenda, quorum, who stands aside, the decision on each item, minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.events.services import emit
from kernel.files.models import StoredFile
from kernel.organisation.models import Section
from kernel.parties.identifiers import normalise_id_number
from kernel.printing.services import issue_document
from kernel.viewer import Viewer
from modules.frontdesk.constants import MemberRole, SessionState, StepKind, StepOutcome, Verb
from modules.frontdesk.errors import (
    ConflictOfInterest,
    MinutesSignedBefore,
    NoQuorum,
    NotForCommittee,
    ReasonRequired,
    SessionClosed,
    SessionNotFound,
    SessionNotHeld,
)
from modules.frontdesk.errors.together import MemberTwice, OneChair
from modules.frontdesk.events import MinutesSigned, SessionConvened, SessionDecided
from modules.frontdesk.models import CommitteeSession, RequestStep
from modules.frontdesk.selectors.letters import minutes_paper
from modules.frontdesk.selectors.sessions import session_for
from modules.frontdesk.services.decide import decide_request
from modules.frontdesk.services.recording import lock_open_step, lock_running, note
from modules.frontdesk.services.steps import LEAD, complete_step

POSTPONED = "postponed"


@dataclass(frozen=True)
class Member:
    name: str
    id_number: str = ""
    role: str = MemberRole.MEMBER


@dataclass(frozen=True)
class Verdict:
    """What the committee decided on an item; `aside`: names of members who stood aside, with why."""

    outcome: str
    text: str = ""
    reason_code: str = ""
    aside: Mapping[str, str] = field(default_factory=dict)


def plan_session(
    section: Section,
    *,
    held_on: date,
    members: Sequence[Member],
    quorum: int,
    place: str = "",
    by: Viewer,
) -> CommitteeSession:
    """Call a session. Needs `frontdesk.lead` in the section.

    Refuses `NoQuorum` with fewer members than needed, `MemberTwice`, since a member is known by the name alone, and
    `OneChair`.
    """
    _require_lead(section.pk, by=by)
    names = [one.name for one in members]
    for name in names:
        if names.count(name) > 1:
            raise MemberTwice(member=name)
    if sum(1 for one in members if one.role == MemberRole.CHAIR) > 1:
        raise OneChair()
    if quorum < 1 or len(members) < quorum:
        raise NoQuorum(what=section.name, present=len(members), needed=quorum)
    with recorded(by=by):
        Section.objects.select_for_update().get(pk=section.pk)
        year = CommitteeSession.objects.filter(section=section, held_on__year=held_on.year)
        session = CommitteeSession.objects.create(
            section=section,
            number=f"{held_on.year}/{year.count() + 1}",
            held_on=held_on,
            place=place.strip(),
            quorum=quorum,
            members=[
                {
                    "name": one.name,
                    "role": one.role,
                    "id_number": normalise_id_number(one.id_number) if one.id_number else "",
                }
                for one in members
            ],
        )
        emit(SessionConvened(str(session.uid), session.number, section.pk, held_on), by=by)
    return session


def put_on_agenda(uid: UUID | str, step_uid: UUID | str, *, by: Viewer) -> CommitteeSession:
    """Put an open committee step of the section on the agenda. Refuses `NotForCommittee` and `SessionClosed`."""
    with recorded(by=by):
        session = _lock(uid, by=by)
        step = RequestStep.objects.filter(uid=step_uid).select_related("request").first()
        listed = {one["step"] for one in session.agenda}
        if step is None or str(step.uid) in listed or step.section_id != session.section_id:
            raise NotForCommittee()
        request = lock_running(step.request.uid, by=by)
        step = lock_open_step(request, step_uid)
        if step.kind != StepKind.COMMITTEE:
            raise NotForCommittee()
        session.agenda = [
            *session.agenda,
            {
                "step": str(step.uid),
                "request": str(request.uid),
                "number": request.number,
                "title": request.design.title.ar,
            },
        ]
        session.save()
        note(request, Verb.ON_AGENDA, by=by, step=step, text=session.number)
        request.save()
    return session


def hold_session(
    uid: UUID | str,
    *,
    present: Sequence[str],
    verdicts: Mapping[str, Verdict],
    by: Viewer,
) -> CommitteeSession:
    """Write down what the committee decided, carry it out on every step, close the session and print its minutes.

    All or nothing. Refuses `NoQuorum` for the session or an item, `ConflictOfInterest` while a member decides on
    their own request, `ReasonRequired` for an item without a decision text or who stands aside without saying why, and
    whatever the steps refuse.
    """
    with recorded(by=by):
        session = _lock(uid, by=by)
        known = {one["name"]: one for one in session.members}
        there = [name for name in dict.fromkeys(present) if name in known]
        if len(there) < session.quorum:
            raise NoQuorum(what=session.number, present=len(there), needed=session.quorum)
        agenda = []
        for item in session.agenda:
            verdict = verdicts.get(item["step"], Verdict(POSTPONED))
            if not all(why.strip() for why in verdict.aside.values()):
                raise ReasonRequired(field=f"why_{item['step']}")
            voting = [name for name in there if name not in verdict.aside]
            if verdict.outcome != POSTPONED:
                if len(voting) < session.quorum:
                    raise NoQuorum(what=item["number"], present=len(voting), needed=session.quorum)
                if not verdict.text.strip():
                    raise ReasonRequired(field=f"text_{item['step']}")
                _carry_out(session, item, verdict, [known[name] for name in voting], by=by)
            agenda.append(
                {
                    **item,
                    "outcome": verdict.outcome,
                    "text": verdict.text.strip(),
                    "aside": dict(verdict.aside),
                }
            )
        session.agenda = agenda
        session.members = [{**one, "present": one["name"] in there} for one in session.members]
        session.state, session.closed_at = SessionState.CLOSED, timezone.now()
        session.closed_by_name = by.name
        session.save()
        with in_language("ar"):
            paper = minutes_paper(session)
        session.minutes = issue_document(
            kind="frontdesk.minutes",
            number=session.number,
            title=str(paper["title"]),
            template="letter",
            data=paper,
            facts={"session": session.number},
            subject=f"session:{session.uid}",
            by=by,
        )
        session.save()
        postponed = sum(1 for item in agenda if item["outcome"] == POSTPONED)
        emit(
            SessionDecided(
                session_uid=str(session.uid),
                number=session.number,
                decided=len(agenda) - postponed,
                postponed=postponed,
                minutes_uid=str(session.minutes.uid),
            ),
            by=by,
        )
    return session


def keep_signed_minutes(uid: UUID | str, *, file: StoredFile, by: Viewer) -> CommitteeSession:
    """Keep the scan of the minutes that the members signed, once, beside those that were printed.

    Needs `frontdesk.lead` in the section. Refuses `SessionNotHeld` before there are minutes, and `MinutesSignedBefore`.
    """
    with recorded(by=by):
        found = session_for(by, uid)
        _require_lead(found.section_id, by=by)
        session = CommitteeSession.objects.select_for_update().get(pk=found.pk)
        if session.minutes_id is None:
            raise SessionNotHeld(number=session.number)
        if session.signed_id is not None:
            raise MinutesSignedBefore(number=session.number)
        session.signed, session.signed_at = file, timezone.now()
        session.save()
        emit(MinutesSigned(str(session.uid), session.number), by=by)
    return session


def _carry_out(
    session: CommitteeSession,
    item: Mapping[str, str],
    verdict: Verdict,
    voting: Sequence[Mapping[str, str]],
    *,
    by: Viewer,
) -> None:
    request = lock_running(item["request"], by=by)
    step = lock_open_step(request, item["step"])
    own = request.applicant.id_number if request.applicant else ""
    for member in voting:
        if own and member.get("id_number") == own:
            raise ConflictOfInterest(member=member["name"], number=request.number)
    text = f"{session.number} ({session.held_on:%d/%m/%Y}): {verdict.text.strip()}"
    note(request, Verb.SESSION_HELD, by=by, step=step, text=text)
    request.save()
    answers = {one.code: verdict.text.strip() for one in step.plan.fields if one.required}
    if step.plan.decides:
        decision = "approved" if verdict.outcome == StepOutcome.FAVOURABLE else "rejected"
        decide_request(
            request.uid,
            step.uid,
            decision=decision,
            reason=text,
            reason_code=verdict.reason_code or ("other" if decision == "rejected" else ""),
            answers=answers,
            by=by,
        )
        return
    complete_step(request.uid, step.uid, outcome=verdict.outcome, text=text, answers=answers, by=by)


def _lock(uid: UUID | str, *, by: Viewer) -> CommitteeSession:
    session = session_for(by, uid)
    _require_lead(session.section_id, by=by)
    held = CommitteeSession.objects.select_for_update().get(pk=session.pk)
    if held.state == SessionState.CLOSED:
        raise SessionClosed(number=held.number)
    return held


def _require_lead(section_id: int, *, by: Viewer) -> None:
    by.require(LEAD)
    if not by.is_system and section_id not in by.sections:
        raise SessionNotFound()
