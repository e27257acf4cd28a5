"""Leak: a task's message without a town, or with another's, runs in the shared schema or in that other town."""

from __future__ import annotations

from typing import Any

import pytest
from celery import current_app
from celery.exceptions import Reject
from pytest import MonkeyPatch

from kernel import tasks
from kernel.tasks import sealed, tenant_task
from kernel.tenancy import current_schema, use
from tenants import hosts
from tenants.staging import suspend

SEEN: list[tuple[str, Any]] = []


@tenant_task(name="tests.note")
def note(*args: Any, **kwargs: Any) -> None:
    SEEN.append((current_schema(), kwargs or args))


def _arrives(*args: Any, **kwargs: Any) -> None:
    """What a worker does with a message: the task's own body, with what the message says."""
    task = current_app.tasks["tests.note"]
    task.run(*args, **kwargs)


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    SEEN.clear()
    hosts.forget_everywhere()


def test_a_message_runs_in_the_town_that_is_sealed_in_it(town: str, other_town: str) -> None:
    with use(other_town):
        _arrives(**sealed("tests.note", town, (), {"charge": 7}))

    assert [(town, {"charge": 7})] == SEEN


FORGED: dict[str, dict[str, Any]] = {
    "no town": {"charge": 7},
    "an empty town": {"charge": 7, "schema": ""},
    "no seal": {"charge": 7, "schema": "khanyounis"},
    "a hostile town": {"charge": 7, "schema": 'nablus"; --', "seal": "0" * 64},
    "the shared schema": {"charge": 7, "schema": "public", "seal": "0" * 64},
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_message_without_its_town_or_seal_is_rejected(town: str, forgery: str) -> None:
    with pytest.raises(Reject):
        _arrives(**FORGED[forgery])

    assert SEEN == []


@pytest.mark.parametrize(
    "change",
    [{"schema": "nablus"}, {"charge": 8}, {"amount": 1}, {"seal": "f" * 64}],
    ids=["town", "argument", "more", "seal"],
)
def test_a_message_that_was_changed_on_the_way_is_rejected(town: str, change: Any) -> None:
    message = sealed("tests.note", town, (), {"charge": 7}) | change

    with pytest.raises(Reject):
        _arrives(**message)


def test_a_seal_of_one_task_does_not_fit_another(town: str) -> None:
    with pytest.raises(Reject):
        _arrives(**sealed("tests.other", town, (), {"charge": 7}))


@pytest.mark.parametrize("schema", ["ghost", "template_town", "public"])
def test_a_town_that_is_not_in_the_register_is_rejected(town: str, schema: str) -> None:
    with pytest.raises(Reject):
        _arrives(**sealed("tests.note", schema, (), {}))


def test_a_suspended_town_does_no_work(town: str) -> None:
    message = sealed("tests.note", town, (), {})
    _arrives(**message)
    suspend(town)

    with pytest.raises(Reject):
        _arrives(**message)
    assert len(SEEN) == 1


def test_what_is_asked_for_leaves_sealed(lasting_town: str, monkeypatch: MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(
        current_app.tasks["tests.note"], "apply_async", lambda **message: sent.append(message)
    )
    note.enqueue(7)

    assert sent[0]["kwargs"]["schema"] == lasting_town
    _arrives(*sent[0]["args"], **sent[0]["kwargs"])
    assert [(lasting_town, (7,))] == SEEN


def test_without_the_check_a_forged_message_would_run(
    town: str, other_town: str, monkeypatch: MonkeyPatch
) -> None:
    """What would happen: the guard is switched off once."""
    monkeypatch.setattr(tasks, "_why_not", lambda *_: "")
    _arrives(charge=7, schema=other_town)

    assert [(other_town, {"charge": 7})] == SEEN
