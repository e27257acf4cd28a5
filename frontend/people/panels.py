"""The kernel's own panels on a person's page: what they hold, papers issued to them, messages sent."""

from __future__ import annotations

from kernel.calendar.selectors import today
from kernel.manifest import PanelContent
from kernel.notifications.selectors import messages_about
from kernel.parties.selectors import ids_of
from kernel.places.selectors import holdings_of
from kernel.printing.selectors import documents_of_party
from kernel.viewer import Viewer

SHOWN = 50


def property_held(viewer: Viewer, party_id: int) -> PanelContent:
    held = list(holdings_of(party_id))
    now = [one for one in held if not one.ends_on or one.ends_on > today()]
    context = {"now": now, "past": [one for one in held if one not in now]}
    return PanelContent("frontend/people/property.html", context, count=len(now))


def papers(viewer: Viewer, party_id: int) -> PanelContent:
    """Certificates and receipts that the municipality issued to the person."""
    issued = list(documents_of_party(viewer, party_id)[:SHOWN])
    return PanelContent("frontend/people/papers.html", {"issued": issued}, count=len(issued))


def messages(viewer: Viewer, party_id: int) -> PanelContent:
    sent = [one for each in ids_of(party_id) for one in messages_about(f"party:{each}")[:SHOWN]]
    return PanelContent("frontend/people/messages.html", {"sent": sent}, count=len(sent))
