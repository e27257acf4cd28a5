"""A one-time code is sent and forgotten: the outbox never tells it."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.errors import NotVisible
from kernel.notifications import services
from kernel.notifications.adapters import DeliveryFailed
from kernel.notifications.models import MessageStatus, OutgoingMessage
from kernel.notifications.selectors import HIDDEN, shown_body
from kernel.notifications.services import deliver_message, send_again, send_sms
from kernel.viewer import Viewer


class Gateway:
    """A way that leads out of the house, and remembers what it was given."""

    def __init__(self, fault: DeliveryFailed | None = None) -> None:
        self.fault, self.given = fault, ""

    def send(self, *, to: str, subject: str, body: str) -> str:
        if self.fault is not None:
            raise self.fault
        self.given = body
        return "g-1"


def written(monkeypatch: pytest.MonkeyPatch, gateway: Gateway, by: Viewer) -> OutgoingMessage:
    monkeypatch.setattr(services, "way_for", lambda message: gateway)
    monkeypatch.setattr("kernel.notifications.adapters.way_for", lambda message: gateway)
    message = send_sms(phone="0599123456", text="رمزك 123456", is_secret=True, by=by)
    assert message is not None
    assert shown_body(message) == HIDDEN
    deliver_message(message.pk)
    return OutgoingMessage.objects.get(pk=message.pk)


def test_a_secret_is_forgotten_when_it_was_sent(
    town: str, system: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Gateway()
    message = written(monkeypatch, gateway, system)
    assert "123456" in gateway.given
    assert (message.status, message.body) == (MessageStatus.SENT, HIDDEN)


def test_a_secret_that_is_not_delivered_is_forgotten_and_never_tried_by_hand(
    town: str, system: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault: Any = DeliveryFailed("no such number", permanent=True)
    message = written(monkeypatch, Gateway(fault), system)
    assert (message.status, message.body) == (MessageStatus.FAILED, HIDDEN)
    with pytest.raises(NotVisible):
        send_again(system, message.uid)


def test_in_a_trial_the_outbox_is_where_it_is_read(town: str, system: Viewer) -> None:
    message = send_sms(phone="0599123456", text="رمزك 123456", is_secret=True, by=system)
    assert message is not None
    assert "123456" in shown_body(message)
