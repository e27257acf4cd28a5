"""What the front desk shows on a person's and a parcel's page."""

from __future__ import annotations

from kernel.manifest import PanelContent
from kernel.viewer import Viewer
from modules.frontdesk.selectors.asking import party_family
from modules.frontdesk.selectors.requests import requests_list, requests_of_party

SHOWN = 20


def requests_of_person(viewer: Viewer, party_id: int) -> PanelContent:
    """Requests of the person and of every record merged into it, open ones first."""
    found = requests_of_party(viewer, party_family(party_id))
    rows = list(found[: SHOWN + 1])
    open_count = sum(1 for one in rows if one.is_open)
    return PanelContent(
        template="frontdesk/panels/requests.html",
        context={
            "requests": rows[:SHOWN],
            "more": len(rows) > SHOWN,
            "party_id": party_id,
            "may_open": viewer.may("frontdesk.open"),
        },
        count=open_count,
    )


def requests_of_place(viewer: Viewer, land_unit_id: int) -> PanelContent:
    """Requests about the parcel."""
    rows = list(requests_list(viewer).filter(land_unit_id=land_unit_id)[:SHOWN])
    return PanelContent(
        template="frontdesk/panels/requests.html",
        context={"requests": rows, "more": False, "party_id": None, "may_open": False},
        count=sum(1 for one in rows if one.is_open),
    )
