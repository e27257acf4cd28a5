"""Tables kept ready for new municipalities: whole or not there, taken by one, thrown away when a release has passed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from kernel.errors import InvalidInput
from kernel.identity.models import User
from kernel.tenancy import TEMPLATE, as_owner, use, use_shared
from kernel.viewer import Viewer
from tenants import spares
from tenants.backend.wall import SPARE_PREFIX, role_name
from tenants.doctor import examine
from tenants.models import Municipality
from tenants.provisioning import Plan, create_municipality
from tenants.register import find
from tenants.release import current_release, replay
from tenants.roles import drop_role_of, role_wall
from tenants.spares import keep_spares, stock
from tenants.states import catalogues

SYSTEM = Viewer.system("tests")


def _there(prefix: str) -> set[str]:
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, %s)", [prefix]
        )
        return {name for (name,) in cursor.fetchall()}


def _role(schema: str) -> int | None:
    with as_owner(), use_shared(), connection.cursor() as cursor:
        name = role_name(connection.settings_dict["NAME"], schema)
        cursor.execute("SELECT oid::bigint FROM pg_roles WHERE rolname = %s", [name])
        found = cursor.fetchone()
        return found[0] if found else None


@pytest.fixture
def leaves_nothing(transactional_db: None) -> Iterator[None]:
    yield
    for schema in _there(SPARE_PREFIX) | _there("rafah"):
        with as_owner(), use_shared(), connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
            drop_role_of(schema)
    with use_shared():
        Municipality.objects.filter(schema_name__startswith="rafah").delete()


def _plan(schema: str = "rafah") -> Plan:
    return Plan(row=find("رفح"), schema=schema, hosts=(f"{schema.replace('_', '-')}.test",))


def test_a_municipality_takes_a_spare_with_its_role_and_is_like_any_other(
    leaves_nothing: None,
) -> None:
    assert keep_spares(1).ready == 1
    (spare,) = _there(SPARE_PREFIX)
    of_spare = _role(spare)

    create_municipality(_plan(), by=SYSTEM)

    assert not _there(SPARE_PREFIX)
    assert (_role("rafah"), _role(spare)) == (of_spare, None)
    assert catalogues(["rafah", TEMPLATE]) == dict.fromkeys(
        ("rafah", TEMPLATE), catalogues([TEMPLATE])[TEMPLATE]
    )
    with use_shared():
        assert not role_wall().missing
    with use("rafah"):
        assert User.objects.count() == 0


def test_without_a_spare_the_municipality_is_made_from_the_text(leaves_nothing: None) -> None:
    assert keep_spares(0).ready == 0
    create_municipality(_plan(), by=SYSTEM)
    assert catalogues(["rafah"])["rafah"] == catalogues([TEMPLATE])[TEMPLATE]


def test_a_creation_that_fails_gives_its_spare_back(
    leaves_nothing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_spares(1)
    before = _there(SPARE_PREFIX)

    def fails(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("tenants.provisioning._seed", fails)
    with pytest.raises(RuntimeError, match="power"):
        create_municipality(_plan(), by=SYSTEM)
    assert _there(SPARE_PREFIX) == before
    assert _role(before.pop()) is not None
    assert (_there("rafah"), _role("rafah")) == (set(), None)


def test_one_spare_is_taken_by_one_of_two_who_ask_at_once(leaves_nothing: None) -> None:
    keep_spares(1)

    def make(schema: str) -> None:
        try:
            create_municipality(_plan(schema), by=SYSTEM)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hands:
        list(hands.map(make, ("rafah", "rafah_two")))
    wanted = catalogues([TEMPLATE])[TEMPLATE]
    assert catalogues(["rafah", "rafah_two"]) == {"rafah": wanted, "rafah_two": wanted}
    assert not _there(SPARE_PREFIX)


def test_what_is_left_of_a_former_release_is_thrown_away_and_never_taken(
    leaves_nothing: None,
) -> None:
    old = f"{SPARE_PREFIX}{'0' * 12}_aa"
    with as_owner(), use_shared(), transaction.atomic():
        replay(current_release(), old)
    with as_owner(), use_shared():
        assert stock(current_release()).outdated == (old,)
        with transaction.atomic():
            assert not spares.take_spare(current_release(), "rafah")
    assert keep_spares(2).outdated == ()
    assert old not in _there(SPARE_PREFIX)
    assert keep_spares(1).ready == len(_there(SPARE_PREFIX)) == 1


def test_the_command_needs_no_municipality_to_stand_in(leaves_nothing: None) -> None:
    said: list[str] = []

    def command() -> None:
        try:
            said.append(f"{keep_spares(1).ready} ready")
        finally:
            connection.close()

    bare = threading.Thread(target=command)  # a thread of its own stands nowhere, as a command does
    bare.start()
    bare.join()
    assert said == ["1 ready"]


def test_the_beat_leaves_those_alone_that_were_made_by_hand(leaves_nothing: None) -> None:
    keep_spares(1)
    assert spares.refill() == 1
    create_municipality(_plan(), by=SYSTEM)
    assert spares.refill() == 0


def test_a_making_that_fails_leaves_no_half_spare(
    leaves_nothing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(schema: str) -> bool:
        raise RuntimeError(schema)

    monkeypatch.setattr(spares, "grant_municipality", fails)
    with pytest.raises(RuntimeError):
        keep_spares(1)
    assert not _there(SPARE_PREFIX)


def test_no_municipality_may_be_called_like_a_spare(leaves_nothing: None) -> None:
    with pytest.raises(InvalidInput):
        create_municipality(_plan("spare_house"), by=SYSTEM)


def test_the_doctor_counts_what_stands_ready(
    leaves_nothing: None, settings: pytest.FixtureRequest
) -> None:
    settings.SPARE_SCHEMAS = 1  # type: ignore[attr-defined]
    assert {one.code: one.grade for one in examine()}["spares"] == "warn"
    assert spares.refill() == 1
    assert {one.code: one.grade for one in examine()}["spares"] == "ok"
