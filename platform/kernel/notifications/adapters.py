"""The ways out of the house: one protocol, adapters chosen by settings, the same contract test for all.

An adapter sends and gives the provider's reference, or raises `DeliveryFailed`; it touches no table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Protocol
from urllib.parse import quote
from uuid import uuid4

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

from kernel.notifications.models import Channel, OutgoingMessage

TRY_AGAIN = frozenset({408, 425, 429})
TIMEOUT = httpx.Timeout(10, connect=5)


class DeliveryFailed(Exception):
    """It was not delivered. `permanent`: trying again will not help."""

    def __init__(self, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.permanent = permanent


class Way(Protocol):
    """One way of delivering a message."""

    def send(self, *, to: str, subject: str, body: str) -> str:
        """Deliver and give the provider's reference. Raises `DeliveryFailed`."""
        ...


class Local:
    """Delivers to nobody: the message stays in the outbox, where it can be read. For trials and training."""

    def send(self, *, to: str, subject: str, body: str) -> str:
        if not to or not body:
            raise DeliveryFailed("no receiver or no text", permanent=True)
        return f"local:{uuid4().hex[:12]}"


class LocalSms(Local):
    """Text messages of a town without a gateway."""


class LocalMail(Local):
    """E-mails of a town without a mail server."""


class HttpGatewaySms:
    """A gateway that takes a text message by one HTTP request, as the providers in Palestine do.

    Address, fields and headers are templates with {to}, {text} and {sender}. GET sends the fields in the address;
    POST as a form, or as JSON when the header Content-Type says so. `success` is a pattern the answer must contain,
    for gateways that answer 200 to everything; `reference` the field of a JSON answer that names the message.
    """

    def __init__(
        self,
        url: str,
        *,
        method: str = "POST",
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        sender: str = "",
        success: str = "",
        reference: str = "id",
    ) -> None:
        self.url, self.method, self.sender = url, method.upper(), sender
        self.fields = (
            {"to": "{to}", "text": "{text}", "from": "{sender}"} if fields is None else dict(fields)
        )
        self.headers = dict(headers or {})
        self.success, self.reference = success, reference

    def send(self, *, to: str, subject: str, body: str) -> str:
        if not to or not body:
            raise DeliveryFailed("no receiver or no text", permanent=True)
        try:
            answer = self._ask(to, body)
        except httpx.InvalidURL as error:
            raise DeliveryFailed(
                f"the gateway's address is wrong: {error}", permanent=True
            ) from error
        except httpx.HTTPError as error:
            raise DeliveryFailed(
                f"the gateway does not answer: {type(error).__name__}", permanent=False
            ) from error
        return self._reference(answer)

    def _ask(self, to: str, body: str) -> httpx.Response:
        told = {"to": to, "text": body, "sender": self.sender}
        url = _filled(self.url, {name: quote(value, safe="") for name, value in told.items()})
        fields = {name: _filled(template, told) for name, template in self.fields.items()}
        headers = {name: _filled(template, told) for name, template in self.headers.items()}
        as_json = any(
            n.lower() == "content-type" and "json" in v.lower() for n, v in headers.items()
        )
        content: dict[str, Any] = {"json": fields} if as_json else {"data": fields}
        if self.method == "GET":
            content = {"params": fields} if fields else {}
        return httpx.request(self.method, url, headers=headers, timeout=TIMEOUT, **content)

    def _reference(self, answer: httpx.Response) -> str:
        code = answer.status_code
        if code >= 500 or code in TRY_AGAIN:
            raise DeliveryFailed(f"the gateway answered {code}", permanent=False)
        if not answer.is_success:
            raise DeliveryFailed(
                f"the gateway answered {code}: {answer.text[:200]}", permanent=True
            )
        if self.success and not re.search(self.success, answer.text):
            raise DeliveryFailed(f"the gateway refused: {answer.text[:200]}", permanent=True)
        try:
            told = answer.json()
        except ValueError:
            return answer.text.strip()[:100]
        return (
            str(told.get(self.reference, ""))[:100] if isinstance(told, dict) else str(told)[:100]
        )


class ServerMail:
    """E-mail by the configured mail server."""

    def send(self, *, to: str, subject: str, body: str) -> str:
        message = EmailMessage(subject=subject, body=body, to=[to])
        try:
            message.send()
        except (SMTPRecipientsRefused, ValueError) as error:
            raise DeliveryFailed(f"the address was refused: {error}", permanent=True) from error
        except (SMTPException, OSError) as error:
            raise DeliveryFailed(
                f"the mail server: {type(error).__name__}", permanent=False
            ) from error
        return str(message.extra_headers.get("Message-ID", ""))


def stays_here(message: OutgoingMessage) -> bool:
    """Whether the message leaves nowhere: a trial, in which the outbox is where it is read."""
    return isinstance(way_for(message), Local)


def texts_stay_here() -> bool:
    """Whether no text message leaves the house, so that whoever waits for one has to be told where it lies."""
    return settings.SMS_GATEWAY_URL.startswith("local")


def way_for(message: OutgoingMessage) -> Way:
    """The adapter that the settings choose for the message's channel."""
    if message.channel == Channel.EMAIL:
        return LocalMail() if settings.EMAIL_URL.startswith("local") else ServerMail()
    if texts_stay_here():
        return LocalSms()
    return HttpGatewaySms(
        settings.SMS_GATEWAY_URL,
        method=settings.SMS_GATEWAY_METHOD,
        fields=settings.SMS_GATEWAY_FIELDS,
        headers=settings.SMS_GATEWAY_HEADERS,
        sender=settings.SMS_SENDER,
        success=settings.SMS_GATEWAY_SUCCESS,
        reference=settings.SMS_GATEWAY_REFERENCE,
    )


def _filled(template: str, told: Mapping[str, str]) -> str:
    """The template with its places filled in one pass, so that a text with {sender} in it stays as it is."""
    return re.sub(r"\{(to|text|sender)\}", lambda place: told[place.group(1)], template)
