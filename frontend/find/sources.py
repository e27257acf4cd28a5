"""The kernel's own records in the one box: persons and places, with the pages that show them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.templatetags.face import PARTY_ICONS
from kernel.parties.finding import found_parties
from kernel.parties.identifiers import national_form
from kernel.places.models import LandUnit, Premises
from kernel.places.selectors import search_places
from kernel.search import Hit
from kernel.text import normalise_digits
from kernel.viewer import Viewer

CERTAIN = 1.0
# One letter away is told after everything that fits.
NEAR, LIKELY = 0.3, 0.6


def parties(viewer: Viewer, text: str, limit: int) -> list[Hit]:
    """Persons and organisations by name, ID number or telephone."""
    plain = normalise_digits(text).strip()
    hits = []
    for found in found_parties(viewer, text, limit):
        party = found.party
        phones = [national_form(one) for one in party.phones if one][:1]
        more = [party.id_number, party.get_kind_display(), party.address.neighbourhood, *phones]
        score = CERTAIN if party.id_number == plain else NEAR if found.score <= 1 else LIKELY
        hits.append(
            Hit(
                title=party.full_name,
                subtitle=" · ".join(isolated(one) for one in more if one),
                url=reverse("people:person", args=[party.uid]),
                kind="party",
                icon=PARTY_ICONS.get(party.kind, "user"),
                score=score,
            )
        )
    return hits


def places(viewer: Viewer, text: str, limit: int) -> list[Hit]:
    """Parcels by number and premises by name."""
    hits = []
    for found in search_places(viewer, text, limit):
        place = found.place
        if isinstance(place, LandUnit):
            note = _("divided or renumbered") if place.is_retired else ""
            url, icon, kind = reverse("places:land", args=[place.uid]), "map-2", "land_unit"
        elif isinstance(place, Premises):
            note = ""
            url, icon, kind = reverse("places:premises", args=[place.uid]), "building", "premises"
        else:
            continue
        hits.append(
            Hit(
                title=str(place),
                subtitle=note,
                url=url,
                kind=kind,
                icon=icon,
                score=min(found.score, 90) / 100,
            )
        )
    return hits


def isolated(text: str) -> str:
    """A number inside Arabic stays a left-to-right island, in plain text too."""
    return f"\u2066{text}\u2069" if text[:1] in "+0123456789" else text
