"""On a machine without a mail server, a password link is found in the outbox."""

from __future__ import annotations

from django.core.mail import EmailMessage

from kernel.notifications.mail import OutboxBackend
from kernel.notifications.models import OutgoingMessage


def test_a_mail_of_the_frameworks_stands_in_the_outbox(town: str) -> None:
    message = EmailMessage("رابط كلمة المرور", "https://…", to=["amal@khanyounis.example"])
    assert OutboxBackend().send_messages([message]) == 1
    kept = OutgoingMessage.objects.get(to="amal@khanyounis.example")
    assert (kept.subject, kept.body) == ("رابط كلمة المرور", "https://…")
