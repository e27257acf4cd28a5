"""What a new municipality's front desk starts with: the catalogue of its region, routed to its own sections."""

from __future__ import annotations

from kernel.organisation.models import Section
from kernel.profile.models import Kind, Profile
from kernel.viewer import Viewer
from modules.frontdesk.catalogue_data import entries
from modules.frontdesk.services.catalogue import add_services


def plant(profile: Profile) -> None:
    """All services of the register, in the municipality's dialect; those of the other region are not offered.

    Rerunnable: services that are there already, and what the municipality made of them, stay.
    """
    if profile.kind == Kind.HUB:
        return
    sections = frozenset(Section.objects.values_list("code", flat=True))
    found = [
        (one.code, one.definition, one.is_offered)
        for one in entries(dialect=profile.dialect, sections=sections)
    ]
    add_services(found, by=Viewer.system("frontdesk.seeds"))
