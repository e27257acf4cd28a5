from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.db import uuid7


class Notification(models.Model):
    """A line under somebody's bell. Not audited: it tells of a change that is."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid7, editable=False, unique=True)
    user_id = models.BigIntegerField()
    verb = models.TextField()
    text = models.TextField()
    url = models.TextField(default="")
    actor_name = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user_id", "-id"], name="notifications_of_user"),
            models.Index(
                fields=["user_id"], condition=Q(read_at=None), name="notifications_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.verb}"


class Channel(models.TextChoices):
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")


class MessageStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not delivered")


class OutgoingMessage(models.Model):
    """A message to somebody outside, from its writing to its delivery: itself the record of both."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid7, editable=False, unique=True)
    channel = models.TextField(choices=Channel.choices)
    to = models.TextField()
    subject = models.TextField(default="")
    body = models.TextField()
    # A one-time code: nobody reads it in the outbox, and it is gone when it was sent.
    is_secret = models.BooleanField(default=False, db_default=False)
    about = models.TextField(default="")
    segments = models.PositiveSmallIntegerField(default=1)
    status = models.TextField(choices=MessageStatus.choices, default=MessageStatus.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now, null=True)
    last_error = models.TextField(default="")
    provider_ref = models.TextField(default="")
    written_by = models.BigIntegerField(null=True)
    written_by_name = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notifications_message"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=MessageStatus.values) & Q(channel__in=Channel.values),
                name="notifications_message_choices",
            ),
            models.CheckConstraint(
                condition=Q(status=MessageStatus.SENT, sent_at__isnull=False)
                | (~Q(status=MessageStatus.SENT) & Q(sent_at=None)),
                name="notifications_message_sent",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(status__in=[MessageStatus.QUEUED, MessageStatus.SENDING]),
                name="notifications_message_open",
            ),
            models.Index(fields=["about"], name="notifications_message_about"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.status}"
