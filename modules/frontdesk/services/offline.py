"""Receive what was taken without a line: once for each key, whole or not at all, never lost.

The key was made when the form was opened on the cut-off computer. Its number there was provisional; the official one
is taken here, in the transaction that writes the request. Gates judge now, not then: what they stop becomes a draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.files.models import StoredFile
from kernel.once.errors import KeyReused
from kernel.once.services import claim, fingerprint_of, settle
from kernel.parties.models import Party
from kernel.parties.selectors import party_for, party_with_id_number, possible_duplicates
from kernel.parties.services import register_person
from kernel.text import clean, fold_key
from kernel.viewer import Viewer
from modules.frontdesk.constants import ActsBy, Channel, OfflineOutcome
from modules.frontdesk.errors.offline import (
    NumberNotOurs,
    PaperNotSent,
    PersonDiffers,
    PersonDoubtful,
    TakenTwice,
)
from modules.frontdesk.models import OfflineBlock, OfflineTaking
from modules.frontdesk.selectors.naming import parcel_meant
from modules.frontdesk.services.draft import Persons
from modules.frontdesk.services.heirs import heirs_of
from modules.frontdesk.services.offline_blocks import own_account
from modules.frontdesk.services.offline_clock import bounded
from modules.frontdesk.services.opening import Opening, PaperInput, open_request

NAMES = ("given_name", "father_name", "grandfather_name", "family_name")


@dataclass(frozen=True)
class OfflinePerson:
    """Who stood at the desk: a record that was known there (`uid`), or an ID number, a name and a telephone.

    `same_as` and `is_another` are the clerk's answers to the question whether somebody alike is the same.
    """

    uid: UUID | None = None
    id_number: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    same_as: UUID | None = None
    is_another: bool = False


@dataclass(frozen=True)
class OfflinePaper:
    """A paper whose bytes were sent before, named by what they are."""

    requirement: str
    sha256: str
    name: str
    document_type: str = ""


@dataclass(frozen=True)
class Taken:
    """One request as it was taken at a desk without a line.

    `acts_by`: the `agent` stood at the desk for the person, by that paper; of heirs the person is the deceased.
    """

    key: UUID
    service_code: str
    taken_at: datetime
    provisional: str
    block: UUID | None = None
    number: int | None = None
    person: OfflinePerson | None = None
    acts_by: str = ""
    agent: OfflinePerson | None = None
    power_number: str = ""
    power_on: date | None = None
    power_until: date | None = None
    contact_phone: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    parcel: tuple[str, str, str] = ("", "", "")
    is_hidden: bool = False
    papers: Sequence[OfflinePaper] = ()


def receive_offline(taken: Taken, *, by: Viewer) -> dict[str, Any]:
    """Make the request of it, exactly once: whoever sends the same again gets the first answer.

    The answer tells `outcome` ("accepted" with `number` and `promised_on`, or "stopped" with `sentences`), `request`
    and `provisional`. Refuses (and then keeps nothing, so that it may be corrected and sent again under its key)
    `PersonDoubtful`, `PersonDiffers`, `NumberNotOurs`, `PaperNotSent`, `TakenTwice` and all that `open_request` does.
    """
    by.require("frontdesk.open")
    with recorded(by=by):
        held = _claim(taken, by=by)
        if isinstance(held, dict):
            return held
        taken_at, clock_fits = bounded(taken.taken_at)
        opening = open_request(
            taken.service_code,
            persons=_persons(taken, by=by),
            answers=taken.answers,
            papers=_papers(taken.papers, by=by),
            contact_phone=taken.contact_phone,
            is_hidden=taken.is_hidden,
            channel=Channel.DESK,
            provisional_number=taken.provisional,
            taken_at=taken_at,
            by=by,
        )
        outcome = OfflineOutcome.ACCEPTED if opening.accepted else OfflineOutcome.STOPPED
        _keep(
            taken,
            taken_at=taken_at,
            clock_fits=clock_fits,
            outcome=outcome,
            request_uid=opening.request.uid,
            reason=" ".join(gate.sentence for gate in opening.stopped_by),
            by=by,
        )
        result = _told(taken, opening)
        settle(held, result)
    return result


def give_up(taken: Taken, *, reason: str, by: Viewer) -> None:
    """Record that a provisional number will never become a request, and why. The same again changes nothing."""
    by.require("frontdesk.open")
    with recorded(by=by, reason=reason):
        if OfflineTaking.objects.filter(uid=taken.key).exists():
            return
        taken_at, clock_fits = bounded(taken.taken_at)
        _keep(
            taken,
            taken_at=taken_at,
            clock_fits=clock_fits,
            outcome=OfflineOutcome.VOID,
            request_uid=None,
            reason=reason,
            by=by,
        )


def _persons(taken: Taken, *, by: Viewer) -> Persons:
    """Whom the request is for, and who acts for them by which paper."""
    person = _person(taken.person, by=by) if taken.person else None
    if person is not None and taken.acts_by == ActsBy.INHERITANCE:
        person = heirs_of(person, by=by)
    return Persons(
        applicant=person,
        agent=_person(taken.agent, whose="agent", by=by) if taken.agent else None,
        acts_by=taken.acts_by,
        agent_power_number=taken.power_number,
        agent_power_on=taken.power_on,
        agent_power_until=taken.power_until,
        land_unit=parcel_meant(by, *taken.parcel),
    )


def _claim(taken: Taken, *, by: Viewer) -> Any:
    """The right to receive it, or the answer of the first time."""
    try:
        held = claim(
            f"frontdesk.offline:{by.user_id}", str(taken.key), fingerprint_of(_content(taken))
        )
    except KeyReused:
        raise TakenTwice() from None
    if held.replayed:
        return held.result or {}
    if OfflineTaking.objects.filter(uid=taken.key).exists():
        raise TakenTwice()
    return held


def _content(taken: Taken) -> dict[str, Any]:
    # Said only where somebody acts for another: what lay in an outbox before this was asked keeps its mark.
    standing = (
        {
            "acts_by": taken.acts_by,
            "agent": _who(taken.agent),
            "power": (taken.power_number, taken.power_on, taken.power_until),
        }
        if taken.acts_by
        else {}
    )
    return {
        **standing,
        "service": taken.service_code,
        "number": taken.number,
        "taken_at": taken.taken_at,
        "answers": taken.answers,
        "parcel": taken.parcel,
        "phone": taken.contact_phone,
        "papers": [(one.requirement, one.document_type, one.sha256) for one in taken.papers],
        "person": _who(taken.person),
    }


def _who(person: OfflinePerson | None) -> Any:
    if person is None:
        return None
    return (person.uid, person.id_number, dict(person.names), person.phone, person.same_as)


def _person(typed: OfflinePerson, *, whose: str = "person", by: Viewer) -> Party | None:
    """The record that is meant, or a new one. Whom the ID number names is taken if the name agrees."""
    chosen = typed.same_as or typed.uid
    if chosen is not None:
        return party_for(by, chosen)
    if not typed.id_number and not any(typed.names.values()):
        return None
    if typed.id_number:
        found = party_with_id_number(by, typed.id_number)
        if found is not None:
            if _agrees(typed, found):
                return found
            raise PersonDiffers([_shown(found, whose)])
    if not typed.is_another:
        alike = possible_duplicates(
            by, **typed.names, id_number=typed.id_number, phones=_phones(typed)
        )
        if alike:
            raise PersonDoubtful([_shown(one.party, whose) for one in alike[:5]])
    return register_person(
        given_name=typed.names.get("given_name", ""),
        father_name=typed.names.get("father_name", ""),
        grandfather_name=typed.names.get("grandfather_name", ""),
        family_name=typed.names.get("family_name", ""),
        id_number=typed.id_number,
        phones=_phones(typed),
        by=by,
    )


def _agrees(typed: OfflinePerson, found: Party) -> bool:
    """Whether first and last name say the same; a number without a name is enough."""
    if not any(typed.names.values()):
        return True
    return all(
        not typed.names.get(name)
        or fold_key(clean(typed.names[name])) == fold_key(getattr(found, name))
        for name in ("given_name", "family_name")
    )


def _phones(typed: OfflinePerson) -> list[str]:
    return [typed.phone] if typed.phone.strip() else []


def _shown(party: Party, whose: str) -> dict[str, str]:
    """Somebody alike, and of which of the two persons it is asked."""
    return {
        "uid": str(party.uid),
        "name": str(party.full_name),
        "id_number": party.id_number,
        "whose": whose,
    }


def _papers(named: Sequence[OfflinePaper], *, by: Viewer) -> list[PaperInput]:
    """The stored files behind the hashes, of those that this clerk sent."""
    wanted = {one.sha256 for one in named}
    sent = {
        one.blob.sha256: one
        for one in StoredFile.objects.select_related("blob")
        .filter(blob__sha256__in=wanted, uploaded_by=by.user_id)
        .order_by("id")
    }
    for one in named:
        if one.sha256 not in sent:
            raise PaperNotSent(name=one.name)
    return [
        PaperInput(
            requirement=one.requirement, file=sent[one.sha256], document_type=one.document_type
        )
        for one in named
    ]


def _keep(
    taken: Taken,
    *,
    taken_at: datetime,
    clock_fits: bool,
    outcome: str,
    request_uid: UUID | None,
    reason: str,
    by: Viewer,
) -> None:
    block = _block(taken, by=by)
    try:
        with transaction.atomic():
            OfflineTaking.objects.create(
                uid=taken.key,
                block=block,
                number=taken.number if block else None,
                provisional=taken.provisional,
                service_code=taken.service_code,
                taken_at=taken_at,
                clock_fits=clock_fits,
                taken_by_id=own_account(by),
                taken_by_name=by.name,
                outcome=outcome,
                request_uid=request_uid,
                reason=reason,
            )
    except IntegrityError as error:
        if "frontdesk_offline_number_once" in str(error):
            raise NumberNotOurs(number=taken.provisional) from None
        raise TakenTwice() from None
    if block is not None and taken.number is not None and taken.number > block.printed_to:
        OfflineBlock.objects.filter(
            pk=block.pk, returned_at=None, printed_to__lt=taken.number
        ).update(printed_to=taken.number)


def _block(taken: Taken, *, by: Viewer) -> OfflineBlock | None:
    if taken.block is None or taken.number is None:
        return None
    found = OfflineBlock.objects.filter(uid=taken.block, owner_id=by.user_id).first()
    if found is None or not found.first <= taken.number <= found.last:
        raise NumberNotOurs(number=taken.provisional)
    return found


def _told(taken: Taken, opening: Opening) -> dict[str, Any]:
    request = opening.request
    return {
        "outcome": "accepted" if opening.accepted else "stopped",
        "provisional": taken.provisional,
        "request": str(request.uid),
        "number": request.number or "",
        "promised_on": request.promised_on.isoformat() if request.promised_on else "",
        "sentences": [gate.sentence for gate in opening.stopped_by],
    }
