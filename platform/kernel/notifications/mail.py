"""Mail that other parts send by Django's own functions (password links) on a machine without a mail server."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from kernel.notifications.services import send_mail
from kernel.viewer import Viewer


class OutboxBackend(BaseEmailBackend):
    """Writes each message into the municipality's outbox, where an administrator sees it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = 0
        for message in email_messages:
            for recipient in message.recipients():
                send_mail(
                    to=recipient,
                    subject=str(message.subject),
                    text=str(message.body),
                    about="mail",
                    by=Viewer.system("mail"),
                )
                sent += 1
        return sent
