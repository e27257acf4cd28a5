"""The hub's pages: the fleet at the same price for any number, a wizard that keeps what was typed, a console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from kernel.audit.recording import recorded
from kernel.errors import NotPermitted
from kernel.identity.models import User
from kernel.jobs.models import Job
from kernel.tenancy import HUB, use, use_shared
from kernel.viewer import Viewer
from tenants.demo.staff import PASSWORD
from tenants.demo.towns import _staff_the_hub
from tenants.figures import gather_figures
from tenants.fleet import SEEN, SIZE, Totals, Wanted, fleet, totals
from tenants.models import Figure, Municipality, Stage
from tenants.portability.models import Copy
from tenants.register import rows

OPERATOR = Viewer(user_id=7, name="مشغّل", permissions=frozenset({"hub.read_fleet"}))
RAFAH = next(place for place, row in enumerate(rows()) if row.name_ar == "رفح")


@pytest.fixture
def operator(db: None) -> Iterator[Client]:
    with use(HUB):
        _staff_the_hub()
        client = Client(HTTP_HOST="hub.test")
        client.force_login(User.objects.get(username="operator"))
        yield client


def _form(**changes: Any) -> dict[str, Any]:
    return {
        "hosts": "rafah.test",
        "region": "GS",
        "dialect": "gaza",
        "pack": "proposed",
        "modules": ["frontdesk"],
        "administrator": "سعاد أبو طه",
        "username": "suad",
    } | changes


def test_the_fleet_costs_the_same_for_any_number_of_municipalities(
    db: None, count_queries: Callable[[], Any]
) -> None:
    with use(HUB):
        before = fleet(OPERATOR).count
        with count_queries() as all_of_them:
            fleet(OPERATOR)
        with use_shared():
            Municipality.objects.filter(schema_name="nablus").delete()
        with count_queries() as fewer:
            assert fleet(OPERATOR).count == before - 1
    assert len(fewer) == len(all_of_them)


def test_the_fleet_is_filtered_and_knows_sizes_and_troubles(db: None) -> None:
    with use(HUB):
        (ship,) = fleet(OPERATOR, Wanted(text="خانيونس")).ships
        assert ship.town.schema_name == "khanyounis"
        assert ship.size > 1_000_000
        assert ship.has_tables
        assert "backup_old" in ship.troubles
        assert fleet(OPERATOR, Wanted(stage="archived")).count == 0


@pytest.mark.parametrize(
    ("order", "first", "second"),
    [("size", "nablus", "khanyounis"), ("seen", "khanyounis", "nablus")],
)
def test_the_fleet_is_put_in_order_by_what_was_noted(
    db: None, order: str, first: str, second: str
) -> None:
    noted = {"khanyounis": {SIZE: 10, SEEN: 1000}, "nablus": {SIZE: 900, SEEN: 2000}}
    with use(HUB):
        with use_shared():
            Figure.objects.filter(code__in=[SIZE, SEEN]).delete()
            for schema, values in noted.items():
                town = Municipality.objects.get(schema_name=schema)
                for code, value in values.items():
                    Figure.objects.create(
                        municipality=town, code=code, value=value, on=date(2026, 11, 22)
                    )
        found = [one.town.schema_name for one in fleet(OPERATOR, Wanted(order=order)).ships]
    assert found.index(first) < found.index(second)


def test_sizes_and_sign_ins_are_noted_with_the_figures(db: None) -> None:
    with use("khanyounis"), recorded(by=Viewer.system("tests")):
        User.objects.filter(username="amal").update(signed_in_at=datetime(2026, 11, 22, tzinfo=UTC))
    with use(HUB):
        gather_figures()
        with use_shared():
            noted = dict(
                Figure.objects.filter(
                    municipality__schema_name="khanyounis", code__in=[SIZE, SEEN]
                ).values_list("code", "value")
            )
    assert noted[SIZE] > 1_000_000
    assert noted[SEEN] == datetime(2026, 11, 22, tzinfo=UTC).timestamp()


def test_the_fleet_is_not_for_everybody(db: None) -> None:
    with use(HUB), pytest.raises(NotPermitted):
        fleet(Viewer(user_id=1, name="x"))


@pytest.mark.parametrize("path", ["/fleet", "/fleet/new", "/fleet/khanyounis", "/release"])
def test_the_pages_open(operator: Client, path: str) -> None:
    assert operator.get(path).status_code == 200


def test_a_town_s_page_lists_its_copies_with_their_state(
    operator: Client, count_queries: Callable[[], Any]
) -> None:
    operator.get("/fleet/khanyounis")
    with count_queries() as without:
        operator.get("/fleet/khanyounis")
    made = datetime(2026, 11, 20, 3, tzinfo=UTC)
    states: list[dict[str, Any]] = [{"proved_at": made}, {"fault": "tables/x.csv"}, {}, {}]
    with use_shared():
        for schema, state in zip(("khanyounis",) * 3 + ("nablus",), states, strict=True):
            Copy.objects.create(
                schema=schema, purpose="backup", place="/b", size=7_654_321, rows=1, files=0,
                release="x" if schema == "khanyounis" else "foreign", made_at=made, made_in_ms=1, **state,
            )  # fmt: skip
    with count_queries() as seen:
        page = operator.get("/fleet/khanyounis").content.decode()
    listed = page.split('id="copies"')[1].split("</section>")[0]
    assert listed.count("<tr>") == 1 + 3
    for words in ("ثبتت صلاحيتها", "معيبة", "tables/x.csv", "لم تُفحص بعد"):
        assert words in listed
    assert len(seen) == len(without)


@pytest.mark.parametrize("path", ["/fleet/nowhere", "/fleet/hub", "/fleet/new/999"])
def test_what_is_not_there_is_not_found(operator: Client, path: str) -> None:
    assert operator.get(path).status_code == 404


def test_the_register_is_searched_by_any_part_in_either_language(operator: Client) -> None:
    for text in ("رفح", "rafa"):
        page = operator.get("/fleet/new", {"q": text}).content.decode()
        assert f"/fleet/new/{RAFAH}" in page


def test_a_taken_address_is_answered_and_what_was_typed_stays(operator: Client) -> None:
    answer = operator.post(f"/fleet/new/{RAFAH}", _form(hosts="nablus.test", schema="rafah"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "nablus.test" in page
    assert "سعاد أبو طه" in page


def test_a_bad_address_is_told_together_with_what_is_missing(operator: Client) -> None:
    answer = operator.post(f"/fleet/new/{RAFAH}", _form(hosts="Bad Host!", username=""))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"hosts", "username"}
    assert "bad" in answer.context["form"]["hosts"].value().lower()


def test_a_hostile_short_name_is_answered(operator: Client) -> None:
    answer = operator.post(f"/fleet/new/{RAFAH}", _form(schema='r"; DROP SCHEMA hub'))
    assert answer.status_code == 422


def test_a_suspension_needs_a_reason(operator: Client) -> None:
    assert operator.post("/fleet/khanyounis/suspend", {"reason": ""}).status_code == 422
    assert operator.post("/fleet/khanyounis/suspend", {"reason": "صيانة"}).status_code == 302
    with use_shared():
        assert Municipality.objects.get(schema_name="khanyounis").stage_reason == "صيانة"


def test_an_unknown_act_is_not_found(operator: Client) -> None:
    assert operator.post("/fleet/khanyounis/explode").status_code == 404


def test_a_coordinator_manages_nothing(db: None) -> None:
    with use(HUB):
        _staff_the_hub()
        client = Client(HTTP_HOST="hub.test")
        assert client.login(username="coordinator", password=PASSWORD)
        assert client.post("/fleet/khanyounis/suspend", {"reason": "x"}).status_code == 403
        assert client.get("/fleet").status_code == 403


def test_the_fleet_begins_with_its_totals(operator: Client) -> None:
    with use_shared():
        Municipality.objects.filter(schema_name="nablus").update(stage=Stage.LIVE, is_demo=False)
        Municipality.objects.filter(schema_name="khanyounis").update(
            stage=Stage.SUSPENDED, release="older"
        )
    with use(HUB):
        found = totals(Viewer.system("tests"))
    assert found == Totals(live=1, coming=0, closed=1, behind=1, unsaved=1)
    page = operator.get("/fleet").content.decode()
    assert "تعمل بلا نسخة احتياطية منذ يومين" in page


@pytest.mark.parametrize(
    ("what", "kind"), [("backup", "portability.back_up"), ("proof", "portability.prove")]
)
def test_a_copy_is_asked_for_once_however_often_the_button_is_pressed(
    operator: Client, what: str, kind: str
) -> None:
    first = operator.post(f"/fleet/nablus/copies/{what}")
    again = operator.post(f"/fleet/nablus/copies/{what}")
    assert first.status_code == 302
    assert first["Location"] == again["Location"]
    with use(HUB):
        job = Job.objects.get(kind=kind)
        assert job.params == {"schema": "nablus"}
        assert first["Location"].endswith(f"{job.uid}")
    assert operator.post(f"/fleet/nowhere/copies/{what}").status_code == 404
