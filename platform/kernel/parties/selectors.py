"""Reads of the register of parties; the only door to a party.

What must not live here: writes, and how names are found (`finding`) or compared (`duplicates`).
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from kernel.db import ReadyQuery, Slot
from kernel.parties.duplicates import Duplicate, possible_duplicates
from kernel.parties.errors import PartyNotFound
from kernel.parties.finding import Found, search_parties
from kernel.parties.models import Party
from kernel.viewer import Viewer

__all__ = [
    "Duplicate",
    "Found",
    "aliases_of",
    "canonical_id",
    "ids_of",
    "ids_of_all",
    "names_of",
    "parties",
    "party_for",
    "party_of_id",
    "party_with_id_number",
    "possible_duplicates",
    "search_parties",
]


_by_uid = ReadyQuery(lambda: Party.objects.select_related("alias_of").filter(uid=Slot(0)))
_by_id = ReadyQuery(lambda: Party.objects.select_related("alias_of").filter(pk=Slot(0)))
_FAMILIES = """
    WITH standing AS (
        SELECT COALESCE(party.alias_of_id, asked.id) AS id FROM unnest(%s::bigint[]) AS asked (id)
        LEFT JOIN parties_party party ON party.id = asked.id
    )
    SELECT id FROM standing
    UNION SELECT alias.id FROM standing JOIN parties_party alias ON alias.alias_of_id = standing.id
    ORDER BY 1
"""


def party_for(viewer: Viewer, uid: UUID) -> Party:
    """The party behind a uid; a merged record answers with the one it was merged into.

    Refuses `NotPermitted` without `parties.read`, and `PartyNotFound`.
    """
    viewer.require("parties.read")
    return _standing(_by_uid.first(uid))


def party_of_id(viewer: Viewer, party_id: int) -> Party:
    """The same by the inner id, which modules keep beside their records."""
    viewer.require("parties.read")
    return _standing(_by_id.first(party_id))


def party_with_id_number(viewer: Viewer, number: str, kind: str = "national") -> Party | None:
    """Who carries this identity number (already normalised), if anybody does."""
    viewer.require("parties.read")
    return (
        Party.objects.filter(id_number=number, id_kind=kind, alias_of=None)
        .exclude(id_number="")
        .first()
    )


def parties(viewer: Viewer) -> QuerySet[Party]:
    """All parties that stand for themselves, by name."""
    viewer.require("parties.read")
    return Party.objects.filter(alias_of=None).order_by("search_key", "id")


def canonical_id(party_id: int) -> int:
    """The id of the record that stands for this one; itself when it was never merged."""
    alias_of = Party.objects.filter(pk=party_id).values_list("alias_of_id", flat=True).first()
    return alias_of or party_id


def ids_of(party_id: int) -> list[int]:
    """Every id under which facts about this party may have been posted: its own and its aliases'."""
    standing = canonical_id(party_id)
    aliases = Party.objects.filter(alias_of=standing).order_by("id").values_list("id", flat=True)
    return [standing, *aliases]


def ids_of_all(party_ids: Iterable[int]) -> list[int]:
    """The same for several parties, in one query, in order."""
    asked = sorted(set(party_ids))
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_FAMILIES, [asked])
        return [one for (one,) in cursor.fetchall()]


def aliases_of(viewer: Viewer, party: Party) -> QuerySet[Party]:
    """The records that were merged into this one."""
    viewer.require("parties.read")
    return Party.objects.filter(alias_of=party).order_by("id")


def names_of(party_ids: Iterable[int]) -> dict[int, str]:
    """Display names by id, in one query, for lists that hold ids only."""
    return dict(Party.objects.filter(pk__in=set(party_ids)).values_list("id", "full_name"))


def _standing(party: Party | None) -> Party:
    if party is None:
        raise PartyNotFound()
    return party.alias_of or party
