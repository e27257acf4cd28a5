"""Drafts: what the clerk fills in before anything is filed. A draft has no number and no trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.parties.identifiers import keep_phone, read_phone
from kernel.parties.models import Party
from kernel.places.models import LandUnit, Premises
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.frontdesk.answers import clean_answers
from modules.frontdesk.applying import about
from modules.frontdesk.constants import ActsBy, Channel, PauseKind, Verb
from modules.frontdesk.definitions import ServiceDefinition
from modules.frontdesk.errors import AlreadyDecided, NotADraft
from modules.frontdesk.errors.online import ActsForNobody, DraftOfCitizen
from modules.frontdesk.models import ActionPlan, OnlineRequest, Pause, Request, RequestPaper
from modules.frontdesk.points import point_in
from modules.frontdesk.selectors.asking import about_request
from modules.frontdesk.selectors.catalogue import offered_version
from modules.frontdesk.services.recording import lock_draft, lock_request, note


@dataclass(frozen=True)
class Persons:
    """Who asks, for whom, by whom, about which place. A merged record stands for the one it was merged into."""

    applicant: Party | None = None
    beneficiary: Party | None = None
    agent: Party | None = None
    acts_by: str = ""
    agent_power_number: str = ""
    agent_power_on: date | None = None
    agent_power_until: date | None = None
    land_unit: LandUnit | None = None
    premises: Premises | None = None


def open_draft(
    service_code: str,
    *,
    persons: Persons = Persons(),
    answers: Mapping[str, Any] | None = None,
    contact_phone: str = "",
    channel: str = Channel.DESK,
    is_hidden: bool = False,
    follows: Request | None = None,
    by: Viewer,
) -> Request:
    """A new draft on the version in force, with what is already known filled in.

    Refuses `ServiceNotFound`, `ServiceSwitchedOff`, and `AnswersInvalid` for answers that cannot be right.
    """
    request = new_request(
        service_code,
        persons=persons,
        answers=answers,
        contact_phone=contact_phone,
        channel=channel,
        is_hidden=is_hidden,
        by=by,
    )
    request.follows = follows
    with recorded(by=by):
        request.save()
    return request


def new_request(
    service_code: str,
    *,
    persons: Persons,
    answers: Mapping[str, Any] | None,
    contact_phone: str,
    channel: str,
    is_hidden: bool,
    by: Viewer,
) -> Request:
    """The draft as it will be written; nothing is written here. Refuses what `open_draft` refuses."""
    by.require("frontdesk.open")
    version = offered_version(by, service_code)
    design = version.design
    if persons.acts_by and not design.applicant.agent:
        raise ActsForNobody()
    known = _prefilled(design, persons)
    known.update(
        clean_answers(
            design.fields,
            answers or {},
            complete=False,
            prefix="answers.",
            sections=design.sections,
            known=about(
                on=today(),
                channel=channel,
                applicant=persons.applicant,
                with_agent=bool(persons.agent is not None or persons.acts_by),
                land_unit=persons.land_unit,
            ),
        )
    )
    request = Request(
        service_version=version,
        channel=channel,
        answers=known,
        opened_by_id=by.user_id,
        is_hidden=is_hidden and design.applicant.hidden,
    )
    _place_on_map(request)
    _name_persons(request, persons)
    request.contact_phone = _phone(contact_phone) or _phone_of(persons)
    request.is_priority = _is_elderly(persons.applicant)
    request.show_to(user_ids=[by.user_id])
    return request


def save_answers(
    uid: UUID | str,
    *,
    answers: Mapping[str, Any] | None = None,
    persons: Persons | None = None,
    contact_phone: str | None = None,
    is_hidden: bool | None = None,
    is_priority: bool | None = None,
    seen: int | None = None,
    by: Viewer,
) -> Request:
    """Keep what was typed so far; None leaves a part as it is. Required questions may still be empty.

    A submitted request takes new answers only while it was returned to the citizen. Refuses `NotADraft`,
    `AnswersInvalid`, and `RequestChanged` when somebody else saved in between.
    """
    with recorded(by=by):
        request = lock_request(uid, by=by, seen=seen)
        if not request.is_draft:
            _require_returned(request)
        design = request.design
        newly: Persons | None = None
        if request.is_draft and persons is not None:
            before = (request.applicant_id, request.land_unit_id)
            _name_persons(request, persons)
            newly = persons if before != (request.applicant_id, request.land_unit_id) else None
            request.is_priority = request.is_priority or _is_elderly(persons.applicant)
        if answers is not None:
            # Whoever is named only now is not asked again what the house knows of them.
            known = _prefilled(design, newly) if newly else {}
            answers = {**answers, **{c: fact for c, fact in known.items() if not answers.get(c)}}
            request.answers = clean_answers(
                design.fields,
                answers,
                complete=not request.is_draft,
                prefix="answers.",
                sections=design.sections,
                known=about_request(request, on=today()),
            )
            _place_on_map(request)
        if contact_phone is not None:
            request.contact_phone = _phone(contact_phone) or (_phone_of(newly) if newly else "")
        if is_hidden is not None and request.is_draft:
            request.is_hidden = is_hidden and design.applicant.hidden
        if is_priority is not None:
            request.is_priority = is_priority
        if not request.is_draft:
            note(request, Verb.ANSWERED, by=by)
        request.save()
    return request


def discard_draft(uid: UUID | str, *, by: Viewer) -> None:
    """Throw a draft away with its papers' rows; the audit trail keeps what it was.

    Refuses `NotADraft`, and `DraftOfCitizen` for what came from the web: that is returned or rejected.
    """
    with recorded(by=by):
        request = lock_draft(uid, by=by)
        if (
            request.channel == Channel.WEB
            and OnlineRequest.objects.filter(request=request).exists()
        ):
            raise DraftOfCitizen()
        RequestPaper.objects.filter(request=request).delete()
        ActionPlan.objects.filter(request=request).delete()
        request.delete()


def prefill_value(source: str, persons: Persons) -> str:
    """A fact that is already known, by its name in the definition; empty when it is not."""
    applicant, place = persons.applicant, persons.land_unit
    if source == "party.address" and applicant is not None:
        return applicant.address.line()
    if source == "party.phone" and applicant is not None:
        return applicant.phone
    if source == "party.id_number" and applicant is not None:
        return applicant.id_number
    if source == "party.full_name" and applicant is not None:
        return str(applicant.full_name)
    if source == "place.block_no" and place is not None:
        return place.block_no
    if source == "place.parcel_no" and place is not None:
        return place.parcel_no
    if source == "place.label" and place is not None:
        return place.label
    if source == "place.area" and place is not None and place.area_m2 is not None:
        return format(place.area_m2.normalize(), "f")
    return ""


def _prefilled(design: ServiceDefinition, persons: Persons) -> dict[str, Any]:
    known = {one.code: prefill_value(one.prefill, persons) for one in design.fields if one.prefill}
    return {code: fact for code, fact in known.items() if fact}


def _require_returned(request: Request) -> None:
    if request.decision:
        raise AlreadyDecided(number=request.number, decision=request.get_decision_display())
    waiting = Pause.objects.filter(request=request, kind=PauseKind.CITIZEN, ended_at=None)
    if not waiting.exists():
        raise NotADraft(number=request.number)


def _place_on_map(request: Request) -> None:
    found = point_in(request.design.fields, request.answers)
    request.latitude = found.latitude if found else None
    request.longitude = found.longitude if found else None


def _name_persons(request: Request, persons: Persons) -> None:
    for role in ("applicant", "beneficiary", "agent"):
        party: Party | None = getattr(persons, role)
        if party is not None and party.alias_of_id:
            setattr(request, f"{role}_id", party.alias_of_id)
        else:
            setattr(request, role, party)
    request.acts_by = persons.acts_by or (ActsBy.POWER if persons.agent is not None else "")
    request.agent_power_number = persons.agent_power_number
    request.agent_power_on = persons.agent_power_on
    request.agent_power_until = persons.agent_power_until
    request.land_unit = persons.land_unit
    request.premises = persons.premises


def _phone(typed: str) -> str:
    return read_phone(typed).e164 if typed.strip() else ""


def _phone_of(persons: Persons) -> str:
    """The agent's telephone, else the applicant's, as far as it is understood."""
    for person in (persons.agent, persons.applicant):
        if person is not None and person.phone:
            understood = keep_phone(person.phone).e164
            if understood:
                return understood
    return ""


def _is_elderly(party: Party | None) -> bool:
    """Policy FRD-10: from this age on a person is served first."""
    if party is None or party.birth_date is None:
        return False
    on = today()
    age = int(value("FRD-10.age", on=on).value)
    born = party.birth_date
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return years >= age
