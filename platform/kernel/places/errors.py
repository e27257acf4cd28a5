"""Refusals of the register of places."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class PlaceNotFound(NotVisible):
    """No such parcel, premises or neighbourhood in this town."""

    code = "place_not_found"
    sentence = _("No such place is registered here.")


class PlaceFactsRefused(InvalidInput):
    """Something typed about a place cannot be kept; `errors` says what, field by field."""

    code = "place_facts_refused"


class LandUnitAlreadyRegistered(Conflict):
    """A parcel number is used once in its block."""

    code = "land_unit_already_registered"
    sentence = _("%(code_text)s is already registered.")
    field = "parcel_no"


class LandUnitRetired(Refusal):
    """What was split, merged or renumbered lives on in its successors only."""

    code = "land_unit_retired"
    sentence = _("%(code_text)s was retired on %(on)s; look at its successors.")


class TooFewUnits(InvalidInput):
    """A subdivision makes at least two parcels, a merging takes at least two."""

    code = "too_few_land_units"
    sentence = _("At least two parcels are needed for this.")


class PartsExceedWhole(InvalidInput):
    """Parcels made of a parcel cannot together be larger than it."""

    code = "parts_exceed_whole"
    sentence = _("The parts measure %(parts)s m² together, the whole only %(whole)s m².")
    field = "area_m2"


class NeighbourhoodAlreadyRegistered(Conflict):
    """One name, however it is spelt, is one neighbourhood."""

    code = "neighbourhood_already_registered"
    sentence = _("The neighbourhood %(name)s is already registered.")
    field = "name_ar"


class HoldingAlreadyRecorded(Conflict):
    """The same party in the same relation to the same place, twice."""

    code = "holding_already_recorded"
    sentence = _("%(name)s already stands in this relation to the place.")


class SharesExceedWhole(Refusal):
    """Owners together own the whole and no more."""

    code = "shares_exceed_whole"
    sentence = _("The owners' shares would be %(total)s together; there is only one whole.")
    field = "share_num"


class HoldingEnded(Refusal):
    """A holding ends once."""

    code = "holding_ended"
    sentence = _("This holding ended on %(on)s.")
