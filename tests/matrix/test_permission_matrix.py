"""Every page and endpoint by every role template: what is expected stands in answers.csv and is read in review.

A new door, a door that is gone, a role, a changed permission: each is a line of that file that somebody has to change,
with `MATRIX_WRITE=1 infra/test tests/matrix`. What no file may say is asked here beside it: without the permission never
in, another municipality's object never there.
"""

from __future__ import annotations

import logging
import os
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as house
from django.db import models, transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from api.permissions import permission_of
from kernel import registry
from kernel.identity.models import User
from kernel.tenancy import use
from tests.doors import Door, endpoints
from tests.matrix import answers
from tests.matrix.conftest import NO_SCOPE, NOBODY, OWNED, UNOWNED, Grounds, actors

WRITE = os.environ.get("MATRIX_WRITE", "")
"""1 writes every line; "new" only those that are missing, which is quick."""
RECORD = (
    "Record what is answered now with MATRIX_WRITE=1 infra/test tests/matrix, then read each changed line of"
    " tests/matrix/answers.csv: should this role get in here? Commit the file with the door."
)

SIGNED = frozenset({"finance-citizen:gateway-told"})
"""Doors that ask for no person but for a signature under the message: without it they say no to everybody."""


@pytest.fixture(autouse=True)
def quiet(
    grounds: Grounds,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    django_db_blocker: DjangoDbBlocker,
) -> Any:
    settings.STORAGE_URL = (
        grounds.storage
    )  # Each test has its own otherwise, without the towns' files.
    caplog.set_level(logging.CRITICAL)
    with django_db_blocker.unblock():
        yield


def _asks(door: Door, method: str) -> str:
    if door.endpoint is not None:
        return permission_of(door.endpoint(), door.actions[method]) or "any key"
    if door.guard.door == "public":
        return "anybody"
    return door.guard.permission or "any staff"


def _permissions(actor: str) -> frozenset[str]:
    return frozenset(
        code
        for module in registry.modules()
        for role in module.roles
        if role.code == actor
        for code in role.permissions
    )


def test_every_column_that_names_a_section_was_thought_about() -> None:
    """Who sees a row by its section is tried with rows of one's own and of another's."""
    named = {
        f"{model._meta.db_table}.{one.column}"
        for model in apps.get_models()
        if model._meta.app_label in house.TENANT_LABELS
        for one in model._meta.concrete_fields
        if _names_a_section(one)
    }
    assert named <= set(OWNED) | UNOWNED, named - set(OWNED) - UNOWNED


def _names_a_section(one: models.Field[Any, Any]) -> bool:
    related = getattr(one, "related_model", None)
    return one.name in {"section_ids", "seen_by"} or (
        related is not None and related._meta.label == "organisation.Section"
    )


def test_the_file_has_every_door_and_every_actor_and_no_other(grounds: Grounds) -> None:
    if WRITE:
        pytest.skip("the file is being written")
    table = answers.read()
    wanted = {(str(door), method): _asks(door, method) for door, method in grounds.doors()}
    missing, stale = set(wanted) - set(table), set(table) - set(wanted)
    assert not missing, f"Doors without a line: {_told(missing)}. {RECORD}"
    assert not stale, f"Lines without a door: {_told(stale)}. {RECORD}"
    asked = {door for door, line in table.items() if line["asks"] != wanted[door]}
    assert not asked, (
        f"Doors that ask for another permission than the file says: {_told(asked)}. {RECORD}"
    )
    gaps = {door for door, line in table.items() if _actors_of(line) != set(actors())}
    assert not gaps, (
        f"Lines without an answer for every role, or with a role too many: {_told(gaps)}. {RECORD}"
    )


def _told(doors: set[tuple[str, str]]) -> str:
    return ", ".join(f"{method} {door}" for door, method in sorted(doors))


def _actors_of(line: dict[str, str]) -> set[str]:
    return {name for name, told in line.items() if told and name != "asks"}


def test_head_is_get_without_a_body() -> None:
    """Therefore the file has no lines for it."""
    differ = [
        str(door)
        for door in endpoints()
        if "head" in door.actions and door.actions["head"] != door.actions["get"]
    ]
    assert not differ


@pytest.mark.parametrize("actor", actors())
def test_every_door_answers_as_the_file_says(grounds: Grounds, owned: Any, actor: str) -> None:
    told = _walked(grounds, owned, actor, but=_kept(actor))
    doors = {(str(door), method): door for door, method in grounds.doors()}
    never = [
        fault for at, answer in told.items() if (fault := _never(doors[at], at[1], actor, answer))
    ]
    assert not never, "\n".join(never)
    if WRITE:
        asks = {at: _asks(door, at[1]) for at, door in doors.items()}
        answers.write_column(actor, told, asks=asks)
    table = answers.read()
    changed = [
        f"{at}: expected {table.get(at, {}).get(actor)!r}, answered {answer!r}"
        for at, answer in told.items()
        if table.get(at, {}).get(actor) != answer
    ]
    assert not changed, "\n".join([*changed, RECORD])


def _kept(actor: str) -> dict[tuple[str, str], str]:
    """Answers that are not asked for again."""
    if WRITE != "new":
        return {}
    return {at: line[actor] for at, line in answers.read().items() if line.get(actor)}


def _never(door: Door, method: str, actor: str, answer: str) -> str | None:
    """What no file may allow."""
    own, *others = answer.split("/")
    asks = _asks(door, method)
    if "fault" in answer:
        return f"{method} {door}: {answer}"
    if actor in {NOBODY, NO_SCOPE}:
        open_door = asks == "anybody" or (actor == NO_SCOPE and door.endpoint is None)
        allowed = {"yes", "form", "moved", "-"} if open_door else {"login", "key", "-"}
        if str(door) in SIGNED:
            allowed = {"no"}
        elif actor == NO_SCOPE and door.endpoint is None:
            allowed = {"yes", "form", "moved", "no", "-"}
        return (
            None if set(answer.split("/")) <= allowed else f"{method} {door}: {actor} gets {answer}"
        )
    if asks in registry.permissions() and asks not in _permissions(actor) and own != "no":
        return f"{method} {door}: {actor} has no {asks} and gets {answer}"
    # That a refused form says no more about it than about nothing is shown in tests/test_doors.py.
    if others and others[-1] not in {"-", "no", "form", "moved"}:
        return f"{method} {door}: another municipality's object gives {answer}"
    return None


# --- The walk --------------------------------------------------------------------------------------------


def _walked(
    grounds: Grounds, owned: Any, actor: str, *, but: dict[tuple[str, str], str]
) -> dict[tuple[str, str], str]:
    browser, programme = _clients(grounds, actor)
    asked = [one for one in grounds.doors() if (str(one[0]), one[1]) not in but]
    kept = {(str(door), method) for door, method in grounds.doors()} & but.keys()
    told: dict[tuple[str, str], list[str]] = {}
    owned(actor, True)
    with use(grounds.here.schema):
        for door, method in asked:
            client = programme if door.endpoint else browser
            told[str(door), method] = [_answer(client, door, method, grounds.own[door.route])]
    owned(actor, False)
    with use(grounds.here.schema):
        for door, method in asked:
            at = told[str(door), method]
            if door.objects and at[0] not in {"no", "login", "key"}:
                client = programme if door.endpoint else browser
                at.append(_answer(client, door, method, grounds.own[door.route]))
                at.append(_answer(client, door, method, grounds.foreign[door.route]))
    return {at: but[at] for at in kept} | {at: "/".join(found) for at, found in told.items()}


def _clients(grounds: Grounds, actor: str) -> tuple[Client, Client]:
    common = {"raise_request_exception": False, "HTTP_HOST": grounds.here.host}
    browser = Client(**common)
    if actor == NOBODY:
        return browser, Client(**common)
    with use(grounds.here.schema):
        browser.force_login(User.objects.get(username=actor))
    return browser, Client(**common, HTTP_AUTHORIZATION=f"Bearer {grounds.keys[actor]}")


def _answer(client: Any, door: Door, method: str, address: str) -> str:
    """One request, undone afterwards, in the words of the file."""
    with transaction.atomic():
        told = {} if door.endpoint is None else {"content_type": "application/json"}
        answer = getattr(client, method)(address, **({} if method == "get" else told))
        transaction.set_rollback(True)
    status = answer.status_code
    if hasattr(answer, "close"):
        answer.close()
    if status == 302 and answer["Location"].startswith("/accounts/login/"):
        return "login"
    if status == 403 and door.endpoint is not None and b'"out_of_scope"' in answer.content:
        return "key"
    if status >= 500 or status == 429:  # a limit that is met says nothing about rights
        return f"fault {status}"
    if 300 <= status < 400:
        return "moved"
    told_by = {401: "key" if door.endpoint else "login", 403: "no", 404: "-"}
    return told_by.get(status, "yes" if status < 300 else "form")
