"""One's own bell; the municipality's outbox; what was sent about a subject."""

from __future__ import annotations

from django.db.models import QuerySet

from kernel.notifications.adapters import stays_here
from kernel.notifications.models import Notification, OutgoingMessage
from kernel.viewer import Viewer

HIDDEN = "••••••"


def notifications_of(viewer: Viewer) -> QuerySet[Notification]:
    """The viewer's notifications, newest first; a viewer without an account has none."""
    if viewer.user_id is None:
        return Notification.objects.none()
    return Notification.objects.filter(user_id=viewer.user_id).order_by("-id")


def unread_count(viewer: Viewer) -> int:
    """How many of them are unread: the figure on the bell."""
    return notifications_of(viewer).filter(read_at=None).count()


def outbox(viewer: Viewer) -> QuerySet[OutgoingMessage]:
    """Every message the municipality wrote, newest first; needs `notifications.read_outbox`."""
    viewer.require("notifications.read_outbox")
    return OutgoingMessage.objects.order_by("-id")


def messages_about(subject: str) -> QuerySet[OutgoingMessage]:
    """What was sent about a subject. Whoever may see the subject may see them: the caller checks."""
    return OutgoingMessage.objects.filter(about=subject).order_by("-id")


def shown_body(message: OutgoingMessage) -> str:
    """The text as the outbox shows it: a secret only where messages leave nowhere, so that a trial can go on."""
    return HIDDEN if message.is_secret and not stays_here(message) else message.body
