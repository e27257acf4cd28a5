"""What a new municipality's front desk starts with: the catalogue of its region, routed to its own sections."""

from __future__ import annotations

from kernel.organisation.models import Section
from kernel.profile.models import Kind, Profile
from kernel.viewer import Viewer
from modules.frontdesk.catalogue_data import entries
from modules.frontdesk.models import Service
from modules.frontdesk.services.catalogue import add_services


def plant(profile: Profile) -> None:
    """All services of the register, in the municipality's dialect; those of the other region are not offered.

    Rerunnable: services that are there already, and what the municipality made of them, stay. What a later release
    adds is not offered until the municipality says so: its desk decides what it can do.
    """
    if profile.kind == Kind.HUB:
        return
    sections = frozenset(Section.objects.values_list("code", flat=True))
    first = not Service.objects.exists()
    found = [
        (one.code, one.definition, one.is_offered and first)
        for one in entries(dialect=profile.dialect, sections=sections)
    ]
    add_services(found, by=Viewer.system("frontdesk.seeds"))
