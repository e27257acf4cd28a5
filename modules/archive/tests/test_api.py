"""The archive at the edge: lists and single records, within what the key's account may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.organisation.models import Section
from kernel.parties.tests.factories import a_person
from kernel.viewer import Viewer
from modules.archive.tests.factories import a_record

Programme = Callable[..., Any]
SCOPES = ["archive:read", "files:read"]


def test_a_record_is_read_with_its_file(amal: Viewer, abeer: Viewer, api_for: Programme) -> None:
    nour = a_person()
    record = a_record(by=amal, party_id=nour.pk)
    programme = api_for("abeer", scopes=SCOPES)

    answer = programme.get(f"/api/v1/records/{record.uid}")

    told = answer.json()
    assert answer.status_code == 200
    assert answer["ETag"]
    assert (told["number"], told["party"], told["file"]["sha256"]) == (
        "2026/00001",
        str(nour.uid),
        record.file.sha256,
    )
    assert programme.get(f"/api/v1/files/{record.file.uid}/content").status_code == 200


def test_the_list_is_filtered_and_holds_only_what_the_account_sees(
    amal: Viewer, rana: Viewer, planning: Section, api_for: Programme
) -> None:
    a_record(by=amal, section_ids=[planning.pk])
    a_record(by=amal, section_ids=[planning.pk], type_code="health_report")
    a_record(by=amal)
    programme = api_for("rana", scopes=SCOPES)

    told = programme.get("/api/v1/records").json()

    assert [one["number"] for one in told["data"]] == ["2026/00001"]
    assert told["data"][0]["party"] is None
    assert programme.get("/api/v1/records?type=archive.memo").json()["data"] == []
    assert programme.get("/api/v1/records?kind=x").status_code in (400, 422)


def test_a_hidden_record_is_not_found(amal: Viewer, lina: Viewer, api_for: Programme) -> None:
    record = a_record(by=amal)

    assert api_for("lina", scopes=SCOPES).get(f"/api/v1/records/{record.uid}").status_code == 404


def test_a_key_without_the_scope_or_an_account_without_the_permission_is_refused(
    amal: Viewer, abeer: Viewer, api_for: Programme
) -> None:
    assert api_for("abeer", scopes=["files:read"]).get("/api/v1/records").status_code == 403
    assert api_for("amal", scopes=SCOPES).get("/api/v1/records").status_code == 403


def test_a_list_at_the_edge_costs_the_same_however_many_rows(
    amal: Viewer, abeer: Viewer, api_for: Programme, count_queries: Callable[[], Any]
) -> None:
    programme = api_for("abeer", scopes=SCOPES)
    a_record(by=amal)
    programme.get("/api/v1/records")
    with count_queries() as one_row:
        programme.get("/api/v1/records")
    for _number in range(4):
        a_record(by=amal, party_id=a_person().pk)

    with count_queries() as five_rows:
        programme.get("/api/v1/records")

    assert len(five_rows) == len(one_row)
