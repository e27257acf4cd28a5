"""From what was typed on a form to the records that are meant: a person, a parcel."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput
from kernel.parties.constants import PartyKind
from kernel.parties.models import Party
from kernel.parties.selectors import ids_of, party_for, party_with_id_number
from kernel.places.models import LandUnit
from kernel.places.selectors import search_places
from kernel.viewer import Viewer


class PersonUnknown(InvalidInput):
    code = "frontdesk.person_unknown"
    sentence = _("Nobody with the ID number %(number)s is registered. Register the person first.")


class ParcelUnknown(InvalidInput):
    code = "frontdesk.parcel_unknown"
    sentence = _("No parcel %(code)s is registered in this municipality.")
    field = "parcel_no"


def person_meant(
    viewer: Viewer, chosen: UUID | str | None, *, field: str = "applicant"
) -> Party | None:
    """The person chosen from the list, or typed as an ID number. Refuses `PersonUnknown`."""
    if not chosen:
        return None
    if isinstance(chosen, UUID):
        return party_for(viewer, chosen)
    found = party_with_id_number(viewer, chosen)
    if found is None:
        raise PersonUnknown(field=field, number=chosen)
    return found


def parcel_meant(
    viewer: Viewer, block_no: str, parcel_no: str, sub_no: str = ""
) -> LandUnit | None:
    """The standing parcel of these numbers, None when none were typed. Refuses `ParcelUnknown`."""
    if not (block_no or parcel_no):
        return None
    code = "/".join(part for part in (block_no, parcel_no, sub_no) if part)
    for found in search_places(viewer, code):
        place = found.place
        if (
            isinstance(place, LandUnit)
            and not place.is_retired
            and place.search_key == code.replace(" ", "")
        ):
            return place
    raise ParcelUnknown(code=code)


def heirs_known(person: Party) -> Party | None:
    """The heirs of a person as the one party that stands for them in the register, None before it is entered."""
    family = ids_of(person.pk)
    return (
        Party.objects.filter(kind=PartyKind.HEIRS, heirs_of_id__in=family, alias_of=None)
        .order_by("pk")
        .first()
    )
