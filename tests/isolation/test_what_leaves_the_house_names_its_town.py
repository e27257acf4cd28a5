"""Leak: log lines, streams, mails and outbox rows that belong to nobody, or are made in whatever town is entered then."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from django.core.mail import get_connection, send_mail
from django.http import HttpRequest, StreamingHttpResponse
from django.test import Client, RequestFactory

from config.logs import SHARED_STEPS
from kernel.events.models import OutboxEvent
from kernel.notifications.models import OutgoingMessage
from kernel.tenancy import current_schema, use
from kernel.testing.database import TOWNS
from tenants.middleware import HostMiddleware
from tests.isolation.conftest import NAMES, name_here


def _line(write: Callable[[], None]) -> dict[str, object]:
    """What a line looks like in the log, through the house's own steps."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Kept()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=SHARED_STEPS,
        )
    )
    logger = logging.getLogger("tests.isolation")
    logger.addHandler(handler)
    try:
        write()
    finally:
        logger.removeHandler(handler)
    return dict(json.loads(lines[0]))


@pytest.mark.parametrize("schema", sorted(NAMES))
def test_every_line_says_its_town_whoever_wrote_it(town: str, schema: str) -> None:
    with use(schema):
        ours = _line(lambda: structlog.get_logger("tests.isolation").warning("task.done"))
        foreign = _line(lambda: logging.getLogger("tests.isolation").warning("a library speaks"))

    assert ours["tenant"] == foreign["tenant"] == schema


def test_a_stream_is_read_inside_the_town_that_began_it(town: str, other_town: str) -> None:
    def parts() -> Iterator[bytes]:
        yield current_schema().encode()
        yield name_here().encode()

    def view(_request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(parts())

    response = HostMiddleware(view)(RequestFactory(HTTP_HOST=TOWNS[other_town]).get("/"))
    seen = []
    for part in response:
        assert current_schema() == town
        seen.append(part.decode())

    assert seen == [other_town, NAMES[other_town]]


def test_mails_and_events_rest_in_their_own_town(town: str, other_town: str) -> None:
    with use(other_town):
        mails, events = OutgoingMessage.objects.count(), OutboxEvent.objects.count()
    letterbox = get_connection("kernel.notifications.mail.OutboxBackend")
    send_mail("مرحبا", "نص", None, ["noor@example.ps"], connection=letterbox)

    assert OutgoingMessage.objects.order_by("id").last().to == "noor@example.ps"
    with use(other_town):
        assert (OutgoingMessage.objects.count(), OutboxEvent.objects.count()) == (mails, events)


def test_every_answer_has_an_id_for_the_log(town: str) -> None:
    assert Client(HTTP_HOST=TOWNS[town]).get("/livez")["X-Request-Id"]
