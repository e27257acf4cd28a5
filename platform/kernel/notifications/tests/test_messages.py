from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from kernel.errors import NotPermitted
from kernel.notifications import services
from kernel.notifications.adapters import DeliveryFailed
from kernel.notifications.models import MessageStatus, Notification, OutgoingMessage
from kernel.notifications.selectors import messages_about, notifications_of, outbox, unread_count
from kernel.notifications.services import (
    MOST_TRIES,
    deliver_message,
    mark_read,
    notify,
    send_again,
    send_mail,
    send_sms,
    send_waiting_messages,
)
from kernel.viewer import Viewer

pytestmark = pytest.mark.usefixtures("town")

ABOUT = "request:0198"


class Broken:
    """A way out that fails as told, and counts."""

    def __init__(self, *, permanent: bool) -> None:
        self.permanent, self.asked = permanent, 0

    def send(self, *, to: str, subject: str, body: str) -> str:
        self.asked += 1
        raise DeliveryFailed("away", permanent=self.permanent)


def _ready_sms(by: Viewer) -> OutgoingMessage:
    message = send_sms(phone="0599123456", text="طلبك رقم 2026/00123 جاهز", about=ABOUT, by=by)
    assert message is not None
    return message


def _again(message: OutgoingMessage) -> OutgoingMessage:
    return OutgoingMessage.objects.get(id=message.pk)


def _become_due(message: OutgoingMessage) -> None:
    OutgoingMessage.objects.filter(id=message.pk).update(
        next_try_at=timezone.now() - timedelta(seconds=1)
    )


def test_a_text_message_waits_for_the_commit_and_is_then_sent_once(amal: Viewer) -> None:
    message = _ready_sms(amal)
    assert (message.status, message.to, message.segments) == (
        MessageStatus.QUEUED,
        "+970599123456",
        1,
    )
    assert "\u20662026/00123\u2069" in message.body
    deliver_message(message.pk)
    deliver_message(message.pk)
    sent = _again(message)
    assert (sent.status, sent.tries) == (MessageStatus.SENT, 1)
    assert sent.provider_ref.startswith("local:")
    assert list(messages_about(ABOUT)) == [sent]


def test_a_landline_stops_nobody_and_stays_visible(amal: Viewer) -> None:
    message = send_sms(phone="08 205 1234", text="جاهز", about=ABOUT, by=amal)
    assert message is not None
    assert message.status == MessageStatus.FAILED
    assert message.last_error
    assert send_sms(phone=" ", text="جاهز", by=amal) is None


def test_a_gateway_that_is_away_is_tried_again_later_and_not_for_ever(
    amal: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, message = Broken(permanent=False), _ready_sms(amal)
    monkeypatch.setattr(services, "way_for", lambda message: broken)
    deliver_message(message.pk)
    waiting = _again(message)
    assert (waiting.status, waiting.tries, waiting.last_error) == (MessageStatus.QUEUED, 1, "away")
    assert waiting.next_try_at is not None
    assert waiting.next_try_at > timezone.now()
    send_waiting_messages()
    assert broken.asked == 1  # not due yet
    for _ in range(MOST_TRIES):
        _become_due(message)
        send_waiting_messages()
    assert (_again(message).status, broken.asked) == (MessageStatus.FAILED, MOST_TRIES)


def test_what_is_refused_for_good_is_not_tried_again(
    amal: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = _ready_sms(amal)
    monkeypatch.setattr(services, "way_for", lambda message: Broken(permanent=True))
    deliver_message(message.pk)
    assert (_again(message).status, _again(message).tries) == (MessageStatus.FAILED, 1)


def test_a_message_whose_worker_died_is_taken_over(amal: Viewer) -> None:
    message = _ready_sms(amal)
    OutgoingMessage.objects.filter(id=message.pk).update(
        status=MessageStatus.SENDING, tries=1, next_try_at=timezone.now() + timedelta(minutes=5)
    )
    send_waiting_messages()
    assert _again(message).status == MessageStatus.SENDING
    _become_due(message)
    send_waiting_messages()
    assert _again(message).status == MessageStatus.SENT


def test_a_subject_cannot_carry_headers(amal: Viewer, settings) -> None:  # type: ignore[no-untyped-def]
    settings.EMAIL_URL = "smtp://mail.example.ps"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    message = send_mail(
        to="nour@example.ps", subject="جاهز\nBcc: all@example.ps", text="طلبك جاهز", by=amal
    )
    assert message is not None
    deliver_message(message.pk)
    assert _again(message).status == MessageStatus.SENT
    assert mail.outbox[-1].subject == "جاهز Bcc: all@example.ps"
    assert mail.outbox[-1].recipients() == ["nour@example.ps"]


def test_the_outbox_is_for_those_who_may_and_can_try_again(amal: Viewer, hadi: Viewer) -> None:
    message = _ready_sms(amal)
    OutgoingMessage.objects.filter(id=message.pk).update(
        status=MessageStatus.FAILED, next_try_at=None
    )
    with pytest.raises(NotPermitted):
        outbox(amal)
    assert outbox(hadi).first() == message
    assert send_again(hadi, message.uid).status == MessageStatus.QUEUED


def test_the_bell_is_ones_own(amal: Viewer, basel: Viewer) -> None:
    assert amal.user_id is not None
    assert basel.user_id is not None
    notify(
        [basel.user_id, basel.user_id],
        verb="step.arrived",
        text="وصلت معاملة",
        url="/frontdesk/1",
        by=amal,
    )
    assert (unread_count(basel), unread_count(amal)) == (1, 0)
    line = notifications_of(basel).get()
    assert line.actor_name == amal.name
    mark_read(amal, uids=[line.uid])
    assert unread_count(basel) == 1
    assert mark_read(basel) == 1
    assert unread_count(basel) == 0


@pytest.mark.parametrize("url", ["https://evil.example", "//evil.example", "javascript:alert(1)"])
def test_a_notification_leads_nowhere_else(amal: Viewer, url: str) -> None:
    with pytest.raises(ValueError, match="page of the house"):
        notify([1], verb="x", text="x", url=url, by=amal)
    assert not Notification.objects.filter(url=url).exists()
