"""No door stands open by mistake: every URL pattern is walked, and a new one enters by construction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client

from api.permissions import permission_of
from frontend.pages import Guard
from kernel import registry
from kernel.tenancy import use
from kernel.testing.database import TOWNS
from tests.doors import HUB, METHODS, TOWN, Door, doors, endpoints, pages
from tests.exemplars import make_things, seat_mighty, seat_powerless, things_of

Browser = Callable[..., Client]


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """A thousand refusals are what is wanted here; their log lines would bury a fault."""
    caplog.set_level(logging.CRITICAL)


# Doors without a guard of ours, each for its reason. Everything else must carry one.
ACCOUNT_DOORS = frozenset({
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
    "account_change_password", "account_set_password", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_index", "mfa_authenticate",
    "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_login_webauthn",
    "usersessions_list",
})  # fmt: skip
"""allauth's own, which ask for the login themselves where they need it."""
FOR_ANYBODY = frozenset({
    "account_login", "account_inactive", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_login_webauthn",
})  # fmt: skip
OPEN_BY_NATURE = frozenset(
    {
        "livez",
        "readyz",
        "metrics",
        "api/v1/openapi.json",
        "api/v1/openapi.yaml",
        "api/v1/<path:anything>",
    }
)
TWO_HOUSES = (
    "home:home"  # citizens' and staff's first page at one address, each with a guard of its own
)
OPEN_TO_ALL_STAFF = frozenset({
    "drafts:draft", "account:home", "notifications:list", "notifications:pulse", "notifications:read-all",
    "notifications:open", "jobs:list", "jobs:job", "find:find", "find:palette", "files:file", "files:thumb",
    "files:preview", "office:home", "frontdesk:request", "frontdesk:slip", "frontdesk:document", "frontdesk:note",
    "frontdesk:papers", "frontdesk:presence", "frontdesk:plan", "frontdesk:plan-print", "frontdesk:check", "frontdesk:inbox", "frontdesk:list", "frontdesk:map", "frontdesk:where", "home:home",
})  # fmt: skip
"""Doors that ask for no permission because what is behind them is one's own, or is judged object by object."""


def _ids(found: tuple[Door, ...]) -> list[str]:
    return [str(one) for one in found]


def _naked(found: Iterable[Door]) -> list[str]:
    return [
        door.route
        for door in found
        if door.endpoint is None
        and not isinstance(door.guard, Guard)
        and door.name not in ACCOUNT_DOORS | {TWO_HOUSES}
        and not (door.guard == "open" and door.route in OPEN_BY_NATURE)
    ]


@pytest.mark.parametrize("urlconf", [TOWN, HUB])
def test_every_view_carries_what_it_demands(urlconf: str) -> None:
    assert _naked(doors(urlconf)) == []


def test_a_view_without_a_guard_is_found() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert _naked([Door("finance/everything", "finance:everything", view)]) == [
        "finance/everything"
    ]
    view.guard = "open"  # type: ignore[attr-defined]
    assert _naked([Door("finance/everything", "finance:everything", view)]) == [
        "finance/everything"
    ]


@pytest.mark.parametrize("urlconf", [TOWN, HUB])
def test_a_door_for_all_staff_was_thought_about(urlconf: str) -> None:
    unthought = [
        str(door)
        for door in pages(urlconf)
        if door.guard.permission is None and str(door) not in OPEN_TO_ALL_STAFF
    ]
    assert unthought == []


@pytest.mark.parametrize("door", endpoints(), ids=_ids(endpoints()))
def test_every_action_of_an_endpoint_declares_its_permission(door: Door) -> None:
    known = registry.permissions()
    for action in door.actions.values():
        permission = permission_of(door.endpoint(), action)
        assert permission is None or permission in known, f"{door}.{action} asks for {permission}"


@pytest.mark.parametrize("urlconf", [TOWN, HUB])
def test_a_guard_asks_for_declared_permissions_of_its_own_module(urlconf: str) -> None:
    known = registry.permissions()
    for door in pages(urlconf):
        permission = door.guard.permission
        assert permission is None or permission in known, f"{door} asks for {permission}"


def test_pages_of_a_module_say_whose_they_are() -> None:
    """What is mounted under a module's name goes when the module is switched off."""
    for module in registry.modules():
        if module.optional:
            for door in doors(TOWN):
                if door.route.startswith((f"{module.code}/", f"c/{module.code}/")):
                    assert door.module == module.code, (
                        f"{door.route} does not say that it is {module.code}'s"
                    )


def test_a_hub_page_is_no_page_of_a_municipality() -> None:
    inside = {door.name for door in pages(TOWN) if door.guard.door == "hub"}
    assert inside == set()


def _tried(browser: Client, door: Door, **values: Any) -> Iterator[tuple[str, int, Any]]:
    """Both methods, each undone afterwards."""
    for method in METHODS:
        with transaction.atomic():
            answer = getattr(browser, method)(door.address(**values))
            transaction.set_rollback(True)
        yield method, answer.status_code, answer


def test_nobody_comes_in_without_a_login(client_for: Browser) -> None:
    visitor = client_for()
    faults = []
    for door in pages(TOWN):
        for method, status, answer in _tried(visitor, door):
            asked = status == 302 and answer["Location"].startswith("/accounts/login/")
            if not asked and status not in {401, 403, 404, 405}:
                faults.append(f"{method} {door.address()} answers {status} to anybody")
    assert not faults, "\n".join(faults)


def test_nobody_comes_into_the_hub_without_a_login(db: None) -> None:
    visitor = Client(HTTP_HOST="hub.test")
    faults = []
    for door in pages(HUB):
        for method, status, answer in _tried(visitor, door):
            asked = status == 302 and answer["Location"].startswith("/accounts/login/")
            if not asked and status not in {401, 403, 404, 405}:
                faults.append(f"{method} {door.address()} answers {status} to anybody")
    assert not faults, "\n".join(faults)


def test_the_doors_of_an_account_ask_for_the_login_themselves(client_for: Browser) -> None:
    visitor = client_for()
    for door in doors(TOWN):
        if door.name in ACCOUNT_DOORS - FOR_ANYBODY:
            assert visitor.get(door.address()).status_code != 200, door.name


def test_staff_without_a_permission_are_told_which_one(town: str, client_for: Browser) -> None:
    seat_powerless()
    browser = client_for("powerless")
    faults = []
    for door in pages(TOWN):
        if door.guard.permission is None:
            continue
        statuses = {method: status for method, status, _answer in _tried(browser, door)}
        if not set(statuses.values()) <= {403, 405} or 403 not in statuses.values():
            faults.append(f"{door.address()} ({door.guard.permission}) answers {statuses}")
    assert not faults, "\n".join(faults)


def test_a_programme_without_a_key_comes_nowhere(client_for: Browser) -> None:
    visitor = client_for()
    signed_in = client_for("salma")
    for door in endpoints():
        for method in door.actions:
            for browser in (visitor, signed_in):  # a browser's session is no key
                answer = getattr(browser, method)(door.address())
                assert answer.status_code == 401, f"{method} {door}: {answer.status_code}"
                assert answer["Content-Type"] == "application/problem+json"


def test_a_key_goes_no_further_than_its_scopes_and_its_owner(town: str, api_for: Browser) -> None:
    seat_powerless()
    seat_mighty()
    scopes = [f"{door.endpoint.scope}:{verb}" for door in endpoints() for verb in ("read", "write")]
    narrow, powerless = (
        api_for("mighty", scopes=["nothing:read"]),
        api_for("powerless", scopes=scopes),
    )
    for door in endpoints():
        for method, action in door.actions.items():
            assert getattr(narrow, method)(door.address()).status_code == 403, (
                f"{method} {door}: scope"
            )
            if permission_of(door.endpoint(), action) is not None:
                assert getattr(powerless, method)(door.address()).status_code == 403, (
                    f"{method} {door}: permission"
                )


# --- Another town's objects --------------------------------------------------------------------------


def test_an_object_is_shown_to_who_has_to_do_with_it_and_never_to_another_town(
    town: str, other_town: str, client_for: Browser, api_for: Browser
) -> None:
    """Each door is first opened with an object of its own town, so that what follows tests the judgement and not a typo.

    Then somebody without a permission tries the doors that ask for none, and everybody's doors are tried with
    objects of another town: the answer is the one that an object which exists nowhere gets.
    """
    make_things(seat_mighty())
    scopes = [f"{door.endpoint.scope}:{verb}" for door in endpoints() for verb in ("read", "write")]
    browser, programme = client_for("mighty"), api_for("mighty", scopes=scopes)
    tables = _tables_behind(browser, programme)
    shut = [str(door) for door in _about_objects() if door.route not in tables]
    assert not shut, f"nothing in tests/exemplars.py opens {shut}"

    seat_powerless()
    stranger = client_for("powerless")
    faults = []
    for door in _about_objects():
        if door.endpoint is None and door.guard.permission is None:
            faults += _told(door, stranger, _first_of(door, tables[door.route]), "to a stranger")
    with use(other_town):
        make_things(seat_mighty())
        theirs = {door.route: _first_of(door, tables[door.route]) for door in _about_objects()}
    for door in _about_objects():
        client = programme if door.endpoint else browser
        faults += _told_of_theirs(door, client, theirs[door.route], other_town)
    assert not faults, "\n".join(faults)


def _told(door: Door, client: Client, values: dict[str, Any], whom: str) -> Iterator[str]:
    """What a door says beyond "there is no such thing"."""
    for method, status, _answer in _tried(client, door, **values):
        if status not in {403, 404, 405}:
            yield f"{method} {door} answers {status} {whom}"


def _told_of_theirs(
    door: Door, client: Client, values: dict[str, Any], whose: str
) -> Iterator[str]:
    """What a door says of another town's object: that there is none, or to a letter what it says of what is nowhere.

    A form that is refused for what is in it, before anything is looked for, is the same for both.
    """
    nowhere = {hole: uuid4() for hole in values}
    answers = zip(_tried(client, door, **values), _tried(client, door, **nowhere), strict=True)
    for (method, status, theirs), (_method, _status, nobodys) in answers:
        refused = status in {403, 404, 405}
        if not refused and (status == 200 or _said(theirs, values) != _said(nobodys, nowhere)):
            yield f"{method} {door} answers {status} for an object of {whose}"


def _said(answer: Any, values: dict[str, Any]) -> tuple[int, str, str]:
    """The answer without the ids that were asked for and the number of the request."""
    said = answer.content.decode("utf-8", "replace")
    where = answer.get("Location", "")
    for one in (*map(str, values.values()), answer.get("X-Request-Id") or "…"):
        said, where = said.replace(one, "…"), where.replace(one, "…")
    return answer.status_code, where, said


def test_a_session_of_one_town_is_nobody_in_another(
    town: str, other_town: str, client_for: Browser
) -> None:
    browser = client_for("salma")
    assert browser.get("/me/").status_code == 200
    answer = browser.get("/me/", HTTP_HOST=TOWNS[other_town])
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_key_of_one_town_opens_nothing_in_another(
    town: str, other_town: str, api_for: Browser
) -> None:
    programme = api_for("amal")
    assert programme.get("/api/v1/parties").status_code == 200
    assert programme.get("/api/v1/parties", HTTP_HOST=TOWNS[other_town]).status_code == 401


def _about_objects() -> list[Door]:
    found = [door for door in (*pages(TOWN), *endpoints()) if door.objects]
    return sorted(found, key=lambda door: len(door.route))


def _tables_behind(browser: Client, programme: Client) -> dict[str, dict[str, str]]:
    """For each door about objects, the table of each object in its address: the one that does not give 404."""
    known: dict[str, dict[str, str]] = {}
    by_prefix: dict[str, str] = {}
    for door in _about_objects():
        client = programme if door.endpoint else browser
        for values, tables in _with_tables(door, by_prefix):
            statuses = {status for _method, status, _answer in _tried(client, door, **values)}
            if statuses - {404, 405}:
                known[door.route] = tables
                by_prefix.update({door.before(hole): table for hole, table in tables.items()})
                break
    return known


def _with_tables(
    door: Door, by_prefix: dict[str, str]
) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Every way to fill the address with objects of this town, a hole that is known from a shorter route first."""
    found = dict(things_of(door.module, hint=door.route))

    def fill(
        holes: tuple[str, ...], values: dict[str, Any], tables: dict[str, str]
    ) -> Iterator[Any]:
        if not holes:
            yield dict(values), dict(tables)
            return
        hole, *rest = holes
        table = by_prefix.get(door.before(hole))
        for label in [table] if table else found:
            for uid in found.get(label, []):
                yield from fill(tuple(rest), {**values, hole: uid}, {**tables, hole: label})

    yield from fill(door.objects, {}, {})


def _first_of(door: Door, tables: dict[str, str]) -> dict[str, Any]:
    found = dict(things_of(door.module))
    return {hole: found[table][0] for hole, table in tables.items()}
