"""Work that waits for a section in which nobody sits: what is wrong, and who can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.organisation.models import Section
from kernel.organisation.selectors import who_may, who_may_anywhere, without_staff
from kernel.viewer import Viewer
from modules.frontdesk.models import RequestStep
from modules.frontdesk.selectors.requests import SEE_ALL

LEAD = "frontdesk.lead"
NAMED = 3


@dataclass(frozen=True)
class LonelySection:
    """A section without staff, the open step that waits there, and who may hand it on."""

    section: Section
    step: RequestStep
    helpers: tuple[str, ...]
    may_assign: bool


def lonely_sections(viewer: Viewer, steps: Sequence[RequestStep]) -> list[LonelySection]:
    """Open steps that nobody has taken and nobody will: their section is without staff. One statement where all is well."""
    waiting = {one.section_id: one for one in steps if one.is_open and one.assignee_id is None}
    if not waiting:
        return []
    lonely = without_staff(one.section for one in waiting.values())
    return [
        LonelySection(section, waiting[section.pk], _helpers(section), _hands_on(viewer, section))
        for section in lonely
    ]


def may_assign_in(viewer: Viewer, section: Section) -> bool:
    """Whether the viewer may give steps of the section to somebody: its leader.

    Of a section without staff too who leads elsewhere and sees every request, since nobody else would.
    """
    if viewer.is_system or (viewer.may(LEAD) and section.pk in viewer.sections):
        return True
    return _hands_on(viewer, section) and bool(without_staff([section]))


def _hands_on(viewer: Viewer, section: Section) -> bool:
    return viewer.may(LEAD) and (section.pk in viewer.sections or viewer.may(SEE_ALL))


def _helpers(section: Section) -> tuple[str, ...]:
    """Who leads the section from above, and those who lead elsewhere and see every request."""
    everywhere = who_may_anywhere(LEAD).filter(pk__in=who_may_anywhere(SEE_ALL).values("pk"))
    found = [*who_may(LEAD, section)[:NAMED], *everywhere[:NAMED]]
    return tuple(dict.fromkeys(one.full_name for one in found))[:NAMED]
