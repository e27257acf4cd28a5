"""The inbox of a busy section: 5,000 open requests in one box, against 50."""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from typing import Any

from measure.stage import HOST, TOWN, Stage
from measure.table import Row, emit, percentile, rows_in

FEW, MANY = 50, 5_000
CLOSED = 4
"""Closed requests behind each open one: a town of 5,000 open ones has a past."""
PERSONS = 3_000
SECTION = "planning"
STATES = (
    *["in_progress"] * 6,
    "missing_items",
    "waiting_external",
    "waiting_citizen",
    "waiting_payment",
)
ROUNDS = 20
PAGE = "/frontdesk/"
GOAL = 150.0
VIEWS = (
    ("box=mine", "mine"),
    ("box=section", "my section's"),
    ("box=delegated", "delegated"),
    ("box=waiting", "waiting"),
    ("box=overdue", "overdue"),
    ("box=money", "waiting for payment"),
    ("box=section&page=100", "a later page"),
    ("box=section&page=7&per_page=100", "a hundred rows"),
    ("box=section&sort=due_on", "sorted by due day"),
    ("box=section&sort=-number", "sorted by number"),
    ("box=section&free=true&due_after=2026-11-01&priority=false", "filters, as a saved view keeps them"),
    ("box=overdue&service=FD-001", "of one service"),
)  # fmt: skip


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Each view of the inbox again and again, whole page in one process; first few, then many."""
    del wishes
    return rows_in(stage.inside("measure.works.inbox", within=3600))


def main() -> None:
    """Runs inside the product."""
    from measure.product import begin, tell

    wishes = begin("inbox")
    import random

    from django.test import Client

    from kernel.tenancy import use
    from measure.cashiers import ensure_town
    from measure.works.search import _fill as fill_register

    ensure_town()
    with use(TOWN):
        fill_register(PERSONS, random.Random(wishes.seed))
        head = _people()
        gc.collect()
        gc.freeze()  # as the web does when it starts: no page stops to walk through the whole programme
        client = Client(HTTP_HOST=HOST)
        client.force_login(head)
        found = {}
        for count in (FEW, MANY):
            began = time.perf_counter()
            _fill(count - (FEW if count == MANY else 0))
            tell(f"{count:,} open requests in {time.perf_counter() - began:.0f} s")
            found[count] = {query: _timed(client, query) for query, _ in VIEWS}
    for query, title in VIEWS:
        few, many = found[FEW][query], found[MANY][query]
        tell(f"{title}: {statistics.median(many):.0f} ms, p95 {percentile(many, 0.95):.0f} ms")
        high = percentile(many, 0.95)
        emit(
            Row(
                work=f"inbox, {title} (p95)",
                figure=high,
                unit=f"ms, median {statistics.median(many):.0f} ms",
                against=f"with {FEW} open requests (median), ms",
                comparison=statistics.median(few),
                ratio=statistics.median(few) / statistics.median(many),
                goal=f"<= {GOAL:.0f} ms",
                holds=high <= GOAL,
            )
        )


def _timed(client: Any, query: str) -> list[float]:
    """Milliseconds of whole pages, as the server makes them; the first two warm up."""
    took = []
    for _ in range(ROUNDS + 2):
        began = time.perf_counter()
        answer = client.get(f"{PAGE}?{query}")
        took.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{query}: {answer.status_code}")
    return took[2:]


def _people() -> Any:
    """The head of the section in whose box all of it lies; a colleague is away and has lent the head their seats."""
    from datetime import timedelta

    from kernel.calendar.selectors import today
    from kernel.identity.models import User
    from kernel.organisation.services import delegate
    from kernel.testing.people import seat_person
    from kernel.viewer import Viewer

    for username, role in (("busy.head", "section_head"), ("busy.away", "section_engineer")):
        seat_person(
            username=username, name_ar=f"موظف {username}", name_en=username, role=role, section=SECTION,
        )  # fmt: skip
    head, away = (User.objects.get(username=f"busy.{who}") for who in ("head", "away"))
    delegate(
        from_user=away, to_user=head, starts_on=today(), ends_on=today() + timedelta(days=9),
        reason="infra/bench", by=Viewer.system("infra/bench"),
    )  # fmt: skip
    return head


def _fill(count: int) -> None:
    """Open requests of every service in the section's box, and the closed ones behind them; then the nightly vacuum."""
    from django.db import connection

    from kernel.audit.recording import recorded
    from kernel.identity.models import User
    from kernel.organisation.models import Section
    from kernel.parties.models import Party
    from kernel.tenancy import as_owner
    from kernel.viewer import Viewer
    from modules.frontdesk.models import Request, RequestStep, ServiceVersion

    section = Section.objects.get(code=SECTION)
    versions = list(ServiceVersion.objects.exclude(published_at=None).order_by("id"))
    people = list(Party.objects.order_by("id").values_list("id", flat=True)[:PERSONS])
    users = [User.objects.get(username=f"busy.{who}").pk for who in ("head", "away")]
    first = Request.objects.count()
    with recorded(by=Viewer.system("infra/bench")):
        made = Request.objects.bulk_create(
            [
                _request(
                    first + at, versions[at % len(versions)], people, section, open_now=at < count
                )
                for at in range(count * (1 + CLOSED))
            ],
            batch_size=1000,
        )
        RequestStep.objects.bulk_create(
            [_step(at, one, section, users) for at, one in enumerate(made)], batch_size=1000
        )
    with as_owner(), connection.cursor() as cursor:
        for table in ("frontdesk_request", "frontdesk_requeststep", "parties_party"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _request(at: int, version: Any, people: list[int], section: Any, *, open_now: bool) -> Any:
    from datetime import timedelta

    from django.utils import timezone

    from kernel.calendar.selectors import today
    from modules.frontdesk.models import Request

    asked = timezone.now() - timedelta(days=1 + at % 60 if open_now else 60 + at % 700)
    state = STATES[at % len(STATES)] if open_now else "completed"
    return Request(
        service_version=version,
        number=f"2026/{100_000 + at}",
        number_year=2026,
        number_seq=100_000 + at,
        state=state,
        applicant_id=people[at * 7 % len(people)],
        answers={"subject": "إنارة شارع", "details": "الشارع معتم منذ شهر. " * 12},
        is_priority=at % 25 == 0,
        submitted_at=asked,
        submitted_on=asked.date(),
        days_allowed=10,
        promised_on=today() + timedelta(days=at % 40 - 15),
        closed_at=None if open_now else asked + timedelta(days=9),
        seen_by=[section.pk],
        last_verb="submitted",
        last_actor="infra/bench",
        last_at=asked,
    )


def _step(at: int, request: Any, section: Any, users: list[int]) -> Any:

    from modules.frontdesk.models import RequestStep

    steps = [one for _stage, one in request.design.steps()]
    wanted = "fee_collection" if request.state == "waiting_payment" else ""
    plan = next((one for one in steps if one.kind == wanted), steps[0])
    done = request.state == "completed"
    return RequestStep(
        request=request,
        code=plan.code,
        stage=1,
        kind=plan.kind,
        section=section,
        assignee_id={0: users[0], 1: users[1]}.get(at % 12),
        state="done" if done else "open",
        opened_at=request.submitted_at,
        opened_on=request.submitted_on,
        days_allowed=3,
        due_on=request.promised_on,
        done_at=request.closed_at,
        days_used=3 if done else None,
        outcome="done" if done else "",
    )


if __name__ == "__main__":
    main()
