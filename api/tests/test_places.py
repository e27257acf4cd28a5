"""Parcels over the API."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from kernel.audit.recording import recorded
from kernel.identity.models import User
from kernel.organisation.models import Role
from kernel.viewer import Viewer

URL = "/api/v1/land-units"


def test_a_parcel_is_registered_and_found_by_its_number(
    api_for: Callable[..., Client], system: Viewer
) -> None:
    assert User.objects.filter(username="basel").exists()
    with recorded(by=system):
        role = Role.objects.get(code="section_engineer")
        role.permissions = sorted({*role.permissions, "places.manage"})
        role.save(update_fields=["permissions"])
    basel = api_for("basel")
    made = basel.post(URL, {"block_no": "٦٤٣", "parcel_no": "15"}, content_type="application/json")
    assert made.status_code == 201, made.content
    assert basel.get(f"{URL}?q=643/15").json()["data"][0]["id"] == made.json()["id"]
    again = basel.post(URL, {"block_no": "643", "parcel_no": "15"}, content_type="application/json")
    assert again.status_code in (409, 422)
    assert basel.get(made["Location"]).json()["block_no"] == "643"


def test_who_may_not_keep_parcels_registers_none(api_for: Callable[..., Client]) -> None:
    amal = api_for("amal")
    refused = amal.post(URL, {"block_no": "1", "parcel_no": "1"}, content_type="application/json")
    assert refused.status_code == 403
