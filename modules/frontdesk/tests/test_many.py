"""Five thousand open requests in one inbox: each page asks as often as with five, and reads no more than it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.db import uuid7
from kernel.viewer import Viewer
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.selectors.section_board import section_board, week_of
from modules.frontdesk.tests.factories import PETITION, citizen, step, submitted

MANY = 5_000
# Statements of each page, however many requests there are.
PAGES = {
    "frontdesk:inbox": 9,
    "frontdesk:list": 7,
    "frontdesk:figures": 10,
    "frontdesk:section-board": 6,
}


def copies(of: Request, count: int, *, by: Viewer, **told: Any) -> list[Request]:
    """The request again and again, each with its open step, written in bulk."""
    open_step = RequestStep.objects.filter(request=of, state="open").get()
    made = []
    for number in range(count):
        one = Request.objects.get(pk=of.pk) if not made else _again(made[0])
        one.pk, one.uid, one.number = None, uuid7(), f"2026/9{number:05d}"
        one.number_seq = 90_000 + number
        one.promised_on = today() + timedelta(days=number % 30 - 10)
        one._state.adding = True
        for name, value in told.items():
            setattr(one, name, value)
        made.append(one)
    with recorded(by=by):
        Request.objects.bulk_create(made, batch_size=1000)
        steps = []
        for one in made:
            copy = _again(open_step)
            copy.pk, copy.uid, copy.request = None, uuid7(), one
            copy.due_on = one.promised_on
            copy._state.adding = True
            steps.append(copy)
        RequestStep.objects.bulk_create(steps, batch_size=1000)
    return made


def _again(row: Any) -> Any:
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**fields)


# The inbox in each of its views: whichever it is, its page asks as often.
VIEWS = (
    "box=mine",
    "box=section",
    "box=delegated",
    "box=waiting",
    "box=overdue",
    "box=money",
    "box=section&page=3",
    "box=section&per_page=100",
    "box=section&sort=due_on",
    "box=section&sort=-number",
    "box=section&free=true&service=FD-001&section=front_desk&priority=false&due_after=2020-01-01",
)


@pytest.mark.parametrize("many", [5, MANY])
def test_pages_ask_as_often_whatever_waits(
    amal: Viewer, system: Viewer, staff: Any, client_for: Callable[..., Client],
    count_queries: Callable[[], Any], many: int,
) -> None:  # fmt: skip
    first = submitted("FD-001", by=amal, applicant=citizen(by=amal), answers=PETITION)
    copies(first, many - 1, by=system)
    staff("hanan")
    window = client_for("hanan")
    counted = {}
    for name in PAGES:
        address = reverse(name)
        assert window.get(address).status_code == 200
        with count_queries() as seen:
            page = window.get(address).content.decode()
        counted[name] = len(seen)
        assert len(page) < 250_000
    assert counted == PAGES
    for view in VIEWS:
        with count_queries() as seen:
            assert window.get(f"{reverse('frontdesk:inbox')}?{view}").status_code == 200
        assert len(seen) <= PAGES["frontdesk:inbox"], view  # fewer where nothing is listed
    assert f"{many:,}".replace(",", "") in page.replace(",", "")


def test_the_board_says_what_its_lists_say(
    amal: Viewer, salma: Viewer, system: Viewer, sunday: Any, client_for: Callable[..., Client]
) -> None:
    first = submitted("FD-001", by=amal, applicant=citizen(by=amal), answers=PETITION)
    copies(first, 9, by=system)
    late = Request.objects.exclude(pk=first.pk).filter(promised_on__lt=today()).count()
    done = RequestStep.objects.filter(request__number__startswith="2026/9")[:3]
    with recorded(by=system):
        for at, one in enumerate(done):
            RequestStep.objects.filter(pk=one.pk).update(
                state="done", done_at=timezone.now() - timedelta(days=7 * at), outcome="done", days_used=0,
                due_on=today() - timedelta(days=1 if at == 0 else 0),
            )  # fmt: skip
    (line,) = [one for one in section_board(salma) if one.code == step(first, "check").section.code]
    assert line.open == 7
    assert 0 < line.overdue <= late
    assert (line.this_week, line.this_month) == (1, 1)
    assert line.on_time == 0
    assert line.weeks[-3:] == (1, 1, 1)
    assert line.oldest_on == today()
    window = client_for("salma")
    listed = window.get(f"{reverse('frontdesk:inbox')}?box=overdue&section={line.code}")
    assert len(listed.context["table"].rows) <= line.overdue
    board = window.get(reverse("frontdesk:section-board")).content.decode()
    assert "</time></a>" in board  # a space before the end of the link would be underlined
    assert "</time>\n</a>" not in board
    sheet = window.get(f"{reverse('frontdesk:section-board')}?export=xlsx")
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert next(row[:2] for row in rows if row[0] == line.name) == [line.name, 7]
    assert client_for("amal").get(reverse("frontdesk:section-board")).status_code == 403


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 12, 5), date(2026, 11, 29)),  # Saturday belongs to the week before
        (date(2026, 12, 6), date(2026, 12, 6)),
        (date(2026, 12, 10), date(2026, 12, 6)),
        (date(2027, 1, 1), date(2026, 12, 27)),
    ],
)
def test_a_week_begins_after_the_weekend(town: str, day: date, first: date) -> None:
    assert week_of(day) == first
