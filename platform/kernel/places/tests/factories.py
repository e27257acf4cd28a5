"""Places for tests, entered through the services."""

from typing import Any

from kernel.parties.tests.factories import CLERK
from kernel.places.facts import LandUnitFacts
from kernel.places.models import LandUnit
from kernel.places.services import register_land_unit


def facts(code: str, **more: Any) -> LandUnitFacts:
    """A parcel by its code: `643/15` or `643/15/2`."""
    block_no, parcel_no, *sub_no = code.split("/")
    return LandUnitFacts(block_no=block_no, parcel_no=parcel_no, sub_no="".join(sub_no), **more)


def a_parcel(code: str = "643/15", **more: Any) -> LandUnit:
    return register_land_unit(facts(code, **more), by=CLERK)
