"""What happened is delivered after commit, once to each listener, whatever fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from kernel import registry
from kernel.audit.recording import recorded
from kernel.events import services
from kernel.events.declaring import BadEvent, event, from_payload, to_payload
from kernel.events.models import Delivery, OutboxEvent
from kernel.events.services import MOST_TRIES, deliver_due, emit, relay
from kernel.manifest import Handler
from kernel.viewer import Viewer

NAME = "tests.SomethingHappened"
heard: list[str] = []


@event(NAME)
@dataclass(frozen=True)
class SomethingHappened:
    what: str
    amount: Decimal = Decimal("1.500")
    on: date | None = None


def listen(happened: SomethingHappened) -> None:
    heard.append(happened.what)


def stumble(happened: SomethingHappened) -> None:
    raise RuntimeError("the printer is out of paper")


@pytest.fixture(autouse=True)
def _listeners(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    heard.clear()
    here = __name__
    names = {f"{here}.listen": listen, f"{here}.stumble": stumble}
    monkeypatch.setattr(
        services.registry,
        "handlers",
        lambda name: tuple(
            ("kernel", Handler(event=name, handler=one)) for one in names if name == NAME
        ),
    )
    load = registry.load
    monkeypatch.setattr(services.registry, "load", lambda name: names.get(name) or load(name))
    yield
    assert registry is services.registry


def test_values_survive_the_outbox() -> None:
    happened = SomethingHappened("رخصة", Decimal("12.345"), date(2026, 11, 22))
    assert from_payload("tests.SomethingHappened", to_payload(happened)) == happened


def test_an_object_does_not_fit_into_an_event() -> None:
    with pytest.raises(BadEvent):
        to_payload(SomethingHappened(what=["a list"]))  # type: ignore[arg-type]


def test_a_handler_that_fails_stops_nobody_else_and_is_tried_again(
    town: str, system: Viewer
) -> None:
    with recorded(by=system):
        emit(SomethingHappened("once"), by=system)
    relay()
    relay()
    assert heard == ["once"]
    failed = Delivery.objects.get(handler__endswith="stumble", event__name=NAME)
    assert (failed.tries, failed.done_at) == (1, None)
    assert "out of paper" in failed.last_error
    assert failed.next_try_at is not None


def test_a_handler_that_always_fails_is_parked(town: str, system: Viewer) -> None:
    with recorded(by=system):
        emit(SomethingHappened("never"), by=system)
    relay()
    for _ in range(MOST_TRIES):
        Delivery.objects.filter(done_at=None).update(next_try_at=None)
        deliver_due()
    parked = Delivery.objects.get(handler__endswith="stumble", event__name=NAME)
    assert parked.parked_at is not None
    assert parked.tries == MOST_TRIES


def test_a_rolled_back_change_tells_nobody(town: str, system: Viewer) -> None:
    class Refused(Exception):
        pass

    def refuse() -> None:
        with recorded(by=system):
            emit(SomethingHappened("not so"), by=system)
            raise Refused

    with pytest.raises(Refused):
        refuse()
    assert not OutboxEvent.objects.filter(name="tests.SomethingHappened").exists()


def test_many_events_of_one_transaction_ask_for_one_relay(
    town: str, system: Viewer, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    before = len(connection.run_on_commit)
    with transaction.atomic():
        for number in range(5):
            with recorded(by=system):
                emit(SomethingHappened(str(number)), by=system)
    assert len(connection.run_on_commit) - before == 1


def test_while_a_relay_waits_to_begin_no_second_is_sent(
    town: str,
    system: Viewer,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(relay, "send_to", sent.append)

    def commit_one() -> None:
        connection.run_on_commit = []  # what the one before asked for is done
        with django_capture_on_commit_callbacks(execute=True), recorded(by=system):
            emit(SomethingHappened("x"), by=system)

    commit_one()
    commit_one()
    assert sent == [town]
    relay()
    commit_one()
    assert sent == [town, town]
