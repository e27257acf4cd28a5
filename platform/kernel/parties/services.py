"""Writes of the register of parties: register, correct, merge, separate.

What must not live here: search and duplicates (selectors), the rules of numbers (identifiers).
A merge rewrites no posted fact: the merged record stays, and answers with the one that was kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Conflict, Stale
from kernel.events.services import emit
from kernel.parties.constants import IdKind, PartyKind
from kernel.parties.errors import (
    MergeNeedsReason,
    PartyAlreadyRegistered,
    PartyKindsDiffer,
    PartyNotFound,
    PartyNotItself,
    PartyNotMerged,
)
from kernel.parties.events import (
    PartiesMerged,
    PartiesSeparated,
    PartyCorrected,
    PartyRegistered,
)
from kernel.parties.facts import PartyFacts, read_facts
from kernel.parties.models import Party
from kernel.text import clean
from kernel.viewer import Viewer

ONE_PER_ID = "parties_party_one_per_id"


def register_person(*, by: Viewer, **facts: Unpack[PartyFacts]) -> Party:
    """Enter a person. Similar persons are no obstacle: look for `possible_duplicates` first.

    Refuses `PartyFactsRefused` and, when the ID number is taken, `PartyAlreadyRegistered`. A wrong
    check digit only marks the number as unverified.
    """
    return _register(PartyKind.PERSON, facts, by=by)


def register_organisation(
    *, public: bool = False, by: Viewer, **facts: Unpack[PartyFacts]
) -> Party:
    """Enter an organisation (or a public body) by its registered or its trade name.

    Refuses `PartyFactsRefused` and `PartyAlreadyRegistered`.
    """
    if facts.get("id_number") and not facts.get("id_kind"):
        facts["id_kind"] = IdKind.COMPANY
    return _register(PartyKind.PUBLIC_BODY if public else PartyKind.ORGANISATION, facts, by=by)


def register_heirs(
    *, deceased: UUID | None = None, by: Viewer, **facts: Unpack[PartyFacts]
) -> Party:
    """Enter the heirs of somebody as one party, named after the deceased.

    When the deceased stands in the register, the names are taken from there. Refuses
    `PartyNotFound` and `PartyFactsRefused`.
    """
    if deceased is None:
        return _register(PartyKind.HEIRS, facts, by=by)
    person = _standing(Party.objects.filter(uid=deceased, kind=PartyKind.PERSON).first())
    names: PartyFacts = {
        "given_name": person.given_name,
        "father_name": person.father_name,
        "grandfather_name": person.grandfather_name,
        "family_name": person.family_name,
        "known_as": person.known_as,
    }
    return _register(PartyKind.HEIRS, {**names, **facts}, by=by, heirs_of=person)


def register_unknown(*, by: Viewer, **facts: Unpack[PartyFacts]) -> Party:
    """Enter somebody of whom nothing certain is known («مجهول»), so that a due has a bearer."""
    return _register(PartyKind.UNKNOWN, facts, by=by)


def update_party(
    party_uid: UUID,
    *,
    version: int | None = None,
    reason: str = "",
    by: Viewer,
    **facts: Unpack[PartyFacts],
) -> Party:
    """Correct what the register says of a party; only what is given changes.

    Refuses `Stale` when `version` is no longer the newest, `PartyFactsRefused`, and
    `PartyAlreadyRegistered` when another record has the ID number.
    """
    by.require("parties.register")
    with recorded(by=by, reason=reason):
        party = _locked(party_uid)
        if version is not None and party.version != version:
            raise Stale()
        before = {name: getattr(party, name) for name in _columns()}
        read = read_facts(party.kind, facts, on=today(), known=before)
        changed = sorted(name for name, value in read.items() if before[name] != value)
        if not changed:
            return party
        for name in changed:
            setattr(party, name, read[name])
        _keep(party, update=changed)
        emit(PartyCorrected(str(party.uid), party.pk, ",".join(changed)), by=by)
    return party


def merge_parties(*, keep: UUID, alias: UUID, reason: str, by: Viewer) -> Party:
    """Declare two records to be one; `alias` stays and answers as `keep`, with all merged into it before.

    Refuses `MergeNeedsReason`, `PartyNotItself` and `PartyKindsDiffer`.
    """
    by.require("parties.merge")
    if not reason.strip():
        raise MergeNeedsReason()
    with recorded(by=by, reason=reason):
        kept, merged = _locked_pair(keep, alias)
        if kept.pk == merged.pk:
            raise PartyNotItself()
        if PartyKind.UNKNOWN != merged.kind != kept.kind:
            raise PartyKindsDiffer(keep=kept.full_name, alias=merged.full_name)
        Party.objects.filter(alias_of=merged).update(alias_of=kept)
        merged.alias_of = kept
        merged.save(update_fields=["alias_of"])
        merged.refresh_from_db(fields=["version"])
        emit(PartiesMerged(str(kept.uid), kept.pk, str(merged.uid), merged.pk), by=by)
    return kept


def separate_parties(*, alias: UUID, reason: str, by: Viewer) -> Party:
    """Take back a merge that was a mistake: the record stands for itself again.

    Refuses `MergeNeedsReason`, `PartyNotMerged`, and `PartyAlreadyRegistered` when its ID number has
    been given to another record meanwhile.
    """
    by.require("parties.merge")
    if not reason.strip():
        raise MergeNeedsReason()
    with recorded(by=by, reason=reason):
        party = _locked(alias)
        kept = party.alias_of
        if kept is None:
            raise PartyNotMerged(name=party.full_name)
        party.alias_of = None
        _keep(party, update=["alias_of"])
        emit(PartiesSeparated(str(kept.uid), kept.pk, str(party.uid), party.pk), by=by)
    return party


def _register(kind: str, facts: PartyFacts, *, by: Viewer, **links: Any) -> Party:
    by.require("parties.register")
    read = read_facts(kind, facts, on=today(), known={})
    with recorded(by=by):
        party = Party(kind=kind, **read, **links)
        _keep(party)
        emit(PartyRegistered(str(party.uid), party.pk, kind), by=by)
    return party


def _keep(party: Party, *, update: list[str] | None = None) -> None:
    """Write the row; a taken ID number becomes a refusal that names who has it."""
    try:
        with transaction.atomic():
            party.save(update_fields=update, force_insert=update is None)
    except IntegrityError as error:
        if ONE_PER_ID not in str(error):
            raise
        _refuse_taken_id(party)
    if update is not None:
        party.refresh_from_db()


def _refuse_taken_id(party: Party) -> None:
    other = Party.objects.filter(
        id_kind=party.id_kind, id_number=party.id_number, alias_of=None
    ).first()
    name = clean(other.full_name) if other else ""
    raise PartyAlreadyRegistered(
        name=name, number=party.id_number, party_uid=str(other.uid) if other else ""
    )


def _locked(uid: UUID) -> Party:
    return _standing(Party.objects.select_for_update().filter(uid=uid).first())


def _locked_pair(keep: UUID, alias: UUID) -> tuple[Party, Party]:
    """Both records, locked in one order whoever merges whom, each followed to the one it stands for."""
    wanted = Party.objects.filter(uid__in=[keep, alias])
    ids = {party.alias_of_id or party.pk for party in wanted} | {party.pk for party in wanted}
    rows = {
        party.pk: party
        for party in Party.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }
    by_uid = {party.uid: party for party in rows.values()}
    stands_for = [_standing(by_uid.get(uid)) for uid in (keep, alias)]
    if any(party.alias_of_id and party.alias_of_id not in rows for party in stands_for):
        raise Conflict()  # merged by somebody else between the look and the lock
    kept, merged = (rows[party.alias_of_id or party.pk] for party in stands_for)
    return kept, merged


def _standing(party: Party | None) -> Party:
    if party is None:
        raise PartyNotFound()
    return party


def _columns() -> Mapping[str, None]:
    return dict.fromkeys((*PartyFacts.__annotations__, "id_unverified", "phones_as_typed"))
