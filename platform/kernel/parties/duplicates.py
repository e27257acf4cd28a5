"""Is this person registered already? Warnings for the clerk; she decides."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from kernel.errors import InvalidInput
from kernel.parties.addresses import Address
from kernel.parties.constants import DuplicateReason, IdKind, PartyKind
from kernel.parties.facts import FOUR_NAMES, PartyFacts
from kernel.parties.finding import by_index_only
from kernel.parties.identifiers import keep_phone, read_identifier
from kernel.parties.models import Party
from kernel.text import clean, fold_key
from kernel.viewer import Viewer

MOST = 20
STRENGTH = (
    DuplicateReason.SAME_ID,
    DuplicateReason.SAME_NAMES_AND_PLACE,
    DuplicateReason.SAME_NAMES,
    DuplicateReason.SAME_PHONE,
)


@dataclass(frozen=True)
class Duplicate:
    """A party that may be the same, and why it is thought so, strongest reason first."""

    party: Party
    reasons: tuple[DuplicateReason, ...]


def possible_duplicates(
    viewer: Viewer, *, kind: str = PartyKind.PERSON, **typed: object
) -> list[Duplicate]:
    """Registered parties that may be the one being typed, likeliest first; takes the facts of a party.

    Same ID number; same folded names (stronger in the same neighbourhood); same phone with the same
    first name. Half-typed facts are no fault here.
    """
    viewer.require("parties.read")
    facts = PartyFacts(**typed)  # type: ignore[typeddict-item]
    names = [clean(facts.get(name, "")) for name in FOUR_NAMES]  # type: ignore[attr-defined]
    body_name = clean(facts.get("registered_name") or facts.get("trade_name") or "")
    whole_key = fold_key(body_name or " ".join(names))
    has_whole_name = bool(body_name) or all(names)
    first_key = fold_key(names[0])
    phones = [phone for phone in (keep_phone(one).e164 for one in facts.get("phones", ())) if phone]
    number, number_kind = _number(facts)

    alike: list[Q] = []
    if number:
        same = Q(id_number=number, id_kind=number_kind)
        alike += [same & ~Q(id_number="") & Q(alias_of=None), same & Q(alias_of__isnull=False)]
    if has_whole_name:
        alike.append(Q(search_key__startswith=whole_key, kind=kind))
    if phones and first_key:
        alike.append(Q(phones__overlap=phones))
    if not alike:
        return []

    place = fold_key(_neighbourhood(facts.get("current_address") or {}))
    found: dict[int, tuple[Party, set[DuplicateReason]]] = {}
    for row in _rows(alike):
        reasons = set()
        if number and (row.id_number, row.id_kind) == (number, number_kind):
            reasons.add(DuplicateReason.SAME_ID)
        if has_whole_name and fold_key(row.full_name) == whole_key:
            same_place = place and place == fold_key(row.address.neighbourhood)
            reasons.add(
                DuplicateReason.SAME_NAMES_AND_PLACE if same_place else DuplicateReason.SAME_NAMES
            )
        if first_key and fold_key(row.given_name) == first_key and set(phones) & set(row.phones):
            reasons.add(DuplicateReason.SAME_PHONE)
        if reasons:
            party = row.alias_of or row
            found.setdefault(party.pk, (party, set()))[1].update(reasons)
    duplicates = [
        Duplicate(party, tuple(sorted(reasons, key=STRENGTH.index)))
        for party, reasons in found.values()
    ]
    return sorted(duplicates, key=lambda one: STRENGTH.index(one.reasons[0]))[:MOST]


def _rows(alike: list[Q]) -> list[Party]:
    """The rows that meet any of the questions; each question has its own index, all together have none."""
    with by_index_only():
        ids = {
            row_id
            for question in alike
            for row_id in Party.objects.filter(question).values_list("id", flat=True)[: MOST * 5]
        }
        return list(Party.objects.select_related("alias_of").filter(pk__in=ids).order_by("id"))


def _number(facts: PartyFacts) -> tuple[str, str]:
    kind = facts.get("id_kind") or IdKind.NATIONAL
    try:
        return read_identifier(facts.get("id_number", ""), kind).number, kind
    except InvalidInput:
        return "", kind


def _neighbourhood(address: object) -> str:
    if isinstance(address, Address):
        return address.neighbourhood
    return str(address.get("neighbourhood", "")) if isinstance(address, dict) else ""
