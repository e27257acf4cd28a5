"""Tell people: under the bell, by text message, by e-mail. Written in the caller's transaction, sent after commit.

What must not live here: what a message says; modules bring their own words. Nothing here refuses a business
transaction: a telephone that is none gives a message that is kept as not delivered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from kernel.errors import NotVisible, Sentence
from kernel.notifications.adapters import DeliveryFailed, stays_here, way_for
from kernel.notifications.models import Channel, MessageStatus, Notification, OutgoingMessage
from kernel.notifications.phones import mobile_number
from kernel.notifications.plain_text import isolate_numbers, segments
from kernel.notifications.selectors import HIDDEN, notifications_of
from kernel.tasks import tenant_task
from kernel.viewer import Viewer

log = structlog.get_logger(__name__)

MOST_TRIES = 8
LONGEST_PAUSE = timedelta(hours=2)
SENDING_AT_MOST = timedelta(minutes=10)


def notify(
    user_ids: Iterable[int], *, verb: str, text: Sentence, url: str = "", by: Viewer
) -> None:
    """Put a line under the bell of each user once; `url` is a path inside this municipality."""
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError(f"a notification leads to a page of the house, not to {url!r}")
    Notification.objects.bulk_create(
        Notification(user_id=user_id, verb=verb, text=str(text), url=url, actor_name=by.name)
        for user_id in dict.fromkeys(user_ids)
    )


def mark_read(viewer: Viewer, *, uids: Iterable[UUID] | None = None) -> int:
    """Mark the viewer's own notifications as read: those given, or all. Returns how many were unread."""
    own = notifications_of(viewer).filter(read_at=None)
    if uids is not None:
        own = own.filter(uid__in=list(uids))
    return own.update(read_at=timezone.now())


def send_sms(
    *, phone: str, text: Sentence, about: str = "", is_secret: bool = False, by: Viewer
) -> OutgoingMessage | None:
    """Write a text message; it leaves after commit. Without a telephone nothing is written.

    Numbers inside Arabic are isolated, so that 2026/00123 does not turn around. A secret one (a one-time code) is
    shown to nobody and forgotten when it was sent.
    """
    if not phone.strip():
        return None
    body = isolate_numbers(str(text))
    mobile = mobile_number(phone)
    return _write(
        OutgoingMessage(
            channel=Channel.SMS,
            to=mobile or phone.strip(),
            body=body,
            about=about,
            is_secret=is_secret,
            segments=segments(body).count,
        ),
        fault="" if mobile else gettext("This is not a mobile number."),
        by=by,
    )


def send_mail(
    *, to: str, subject: str, text: Sentence, about: str = "", by: Viewer
) -> OutgoingMessage | None:
    """Write an e-mail; it leaves after commit. Without an address nothing is written."""
    if not to.strip():
        return None
    # A line break in a subject would let a stranger write the headers behind it.
    one_line = " ".join(str(subject).split())
    message = OutgoingMessage(
        channel=Channel.EMAIL,
        to=to.strip(),
        subject=one_line,
        body=isolate_numbers(str(text)),
        about=about,
    )
    return _write(message, fault="", by=by)


def send_again(viewer: Viewer, uid: UUID) -> OutgoingMessage:
    """Try a message that was not delivered once more; needs `notifications.read_outbox`."""
    viewer.require("notifications.read_outbox")
    with transaction.atomic():
        message = OutgoingMessage.objects.select_for_update().filter(uid=uid).first()
        if message is None or message.is_secret:
            raise NotVisible()
        if message.status == MessageStatus.FAILED:
            message.status, message.tries, message.next_try_at = (
                MessageStatus.QUEUED,
                0,
                timezone.now(),
            )
            message.save(update_fields=["status", "tries", "next_try_at"])
            deliver_message.enqueue(message.pk)
    return message


@tenant_task(name="notifications.deliver")
def deliver_message(message_id: int) -> None:
    """Send one message that waits. Called twice at once it is sent once; a fault of the way out is tried again.

    A worker that dies between sending and noting leaves the message "being sent"; after ten minutes it is sent
    again: a text message twice is better than none.
    """
    message = _take(message_id)
    if message is None:
        return
    try:
        reference = way_for(message).send(to=message.to, subject=message.subject, body=message.body)
    except DeliveryFailed as failure:
        _note_failure(message, failure)
        return
    OutgoingMessage.objects.filter(id=message_id).update(
        status=MessageStatus.SENT,
        sent_at=timezone.now(),
        provider_ref=reference,
        last_error="",
        next_try_at=None,
        **_forgotten(message),
    )
    log.info(
        "message.sent", message=str(message.uid), channel=message.channel, segments=message.segments
    )


@tenant_task(name="notifications.send_waiting")
def send_waiting_messages() -> int:
    """Send what is due: later tries, and messages whose task was lost with the broker or its worker."""
    due = OutgoingMessage.objects.filter(_may_be_taken()).order_by("next_try_at")
    ids = list(due.values_list("id", flat=True)[:200])
    for message_id in ids:
        deliver_message(message_id)
    return len(ids)


def _write(message: OutgoingMessage, *, fault: str, by: Viewer) -> OutgoingMessage:
    message.written_by, message.written_by_name = by.user_id, by.name
    if fault:
        message.status, message.last_error, message.next_try_at = MessageStatus.FAILED, fault, None
    with transaction.atomic():
        message.save(force_insert=True)
        if not fault:
            deliver_message.enqueue(message.pk)
    return message


def _may_be_taken() -> Q:
    """Waiting and due, or being sent since too long. `next_try_at` of one being sent is when it may be taken over."""
    return Q(
        status__in=[MessageStatus.QUEUED, MessageStatus.SENDING], next_try_at__lte=timezone.now()
    )


def _take(message_id: int) -> OutgoingMessage | None:
    with transaction.atomic():
        waiting = OutgoingMessage.objects.select_for_update(skip_locked=True)
        message = waiting.filter(_may_be_taken(), id=message_id).first()
        if message is None:
            return None
        message.status = MessageStatus.SENDING
        message.tries += 1
        message.next_try_at = timezone.now() + SENDING_AT_MOST
        message.save(update_fields=["status", "tries", "next_try_at"])
    return message


def _note_failure(message: OutgoingMessage, failure: DeliveryFailed) -> None:
    over = failure.permanent or message.tries >= MOST_TRIES
    pause = min(timedelta(seconds=30 * 2**message.tries), LONGEST_PAUSE)
    OutgoingMessage.objects.filter(id=message.pk).update(
        status=MessageStatus.FAILED if over else MessageStatus.QUEUED,
        next_try_at=None if over else timezone.now() + pause,
        last_error=str(failure)[:500],
        **(_forgotten(message) if over else {}),
    )
    log.warning(
        "message.not_sent",
        message=str(message.uid),
        permanent=failure.permanent,
        tries=message.tries,
    )


def _forgotten(message: OutgoingMessage) -> dict[str, str]:
    """What is written over a secret that has left the house, or never will."""
    return {"body": HIDDEN} if message.is_secret and not stays_here(message) else {}
