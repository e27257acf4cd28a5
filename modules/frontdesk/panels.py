"""What the front desk shows on a person's and a parcel's page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.manifest import PanelContent
from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.frontdesk.pages.showing import STATE_KINDS
from modules.frontdesk.selectors.asking import party_family
from modules.frontdesk.selectors.requests import requests_list, requests_of_party

SHOWN = 20


def requests_of_person(viewer: Viewer, party_id: int) -> PanelContent:
    """Requests of the person and of every record merged into it, open ones first."""
    found = requests_of_party(viewer, party_family(party_id))
    rows = list(found[: SHOWN + 1])
    return PanelContent(
        template="frontdesk/panels/requests.html",
        context={
            "requests": [(one, STATE_KINDS[one.state]) for one in rows[:SHOWN]],
            "more": len(rows) > SHOWN,
            "actions": _new_request(viewer, party_id),
        },
        count=sum(1 for one in rows if one.is_open),
    )


def requests_of_place(viewer: Viewer, land_unit_id: int) -> PanelContent:
    """Requests about the parcel."""
    rows = list(requests_list(viewer).filter(land_unit_id=land_unit_id)[:SHOWN])
    return PanelContent(
        template="frontdesk/panels/requests.html",
        context={"requests": [(one, STATE_KINDS[one.state]) for one in rows], "more": False},
        count=sum(1 for one in rows if one.is_open),
    )


def _new_request(viewer: Viewer, party_id: int) -> list[dict[str, str]]:
    """The clerk's next move from a person's page."""
    if not viewer.may("frontdesk.open"):
        return []
    uid = Party.objects.filter(pk=party_id).values_list("uid", flat=True).first()
    return [
        {
            "title": _("New request"),
            "url": f"{reverse('frontdesk:new')}?party={uid}",
            "icon": "file-plus",
        }
    ]
