"""Each figure opens what it was counted from: the list has as many rows as the figure says, its median is the figure's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from statistics import median
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.frontdesk.constants import TicketState
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.figure_cases import middle, nine_of_ten, request_cases
from modules.frontdesk.selectors.figures import by_section, by_service
from modules.frontdesk.selectors.hall import hall_figures
from modules.frontdesk.services import (
    complete_step,
    decide_request,
    hand_over,
    issue_output,
    resubmit,
    return_to_citizen,
)
from modules.frontdesk.services.hall import call_next, close_ticket, give_ticket, leave, sit_down
from modules.frontdesk.services.hall_setup import save_counter
from modules.frontdesk.services.waiting import DeficiencyInput
from modules.frontdesk.tests.factories import PETITION, citizen, step, submitted

Staff = Callable[..., Viewer]
# Statements of each list, however long it is; one list without times, one with its median asked of the database.
REQUESTS, OPEN_REQUESTS, STEPS, OPEN_STEPS, SERVED = 8, 10, 12, 9, 10


@pytest.fixture
def four(amal: Viewer, salma: Viewer, sunday: Any) -> list[Request]:
    """Four petitions that took 0, 1, 3 and 16 working days; the third was returned once, the last is late. One runs."""
    nour = citizen(by=amal)
    made = [submitted("FD-001", by=amal, applicant=nour, answers=PETITION) for _n in range(5)]
    third = made[2]
    return_to_citizen(
        third.uid,
        step(third, "check").uid,
        deficiencies=[DeficiencyInput("clarification", note="وضّح")],
        by=amal,
    )
    pause = third.pauses.get()
    resubmit(third.uid, mended=[pause.deficiencies.get().uid], by=amal)
    for days, one in zip((0, 1, 3, 22), made, strict=False):
        sunday.shift(timedelta(days=days) - (today() - (one.submitted_on or today())))
        complete_step(one.uid, step(one, "check").uid, by=amal)
        decide_request(
            one.uid, step(one, "decide").uid, decision="rejected", reason="لا", reason_code="law",
            by=salma,
        )  # fmt: skip
        issue_output(one.uid, by=amal)
        hand_over(
            one.uid, step(one, "deliver").uid, recipient_name="نور", recipient_id_number="401234562",
            by=amal,
        )  # fmt: skip
    return made


@pytest.fixture
def hanan(staff: Staff) -> Viewer:
    return staff("hanan")


def test_each_figure_opens_a_list_with_as_many_rows_as_it_counts(
    four: list[Request], hanan: Viewer, client_for: Callable[..., Client]
) -> None:
    board = client_for("hanan")
    period = {"since": today() - timedelta(days=90), "until": today()}
    (row,) = [one for one in by_service(hanan, **period) if one.code == "FD-001"]
    assert (row.finished, row.open, row.late, row.returned) == (4, 1, 1, 1)
    assert (row.on_time, row.first_time) == (75, 75)
    counts = {
        "finished": 4, "in_time": 3, "late": 1, "returned": 1, "first": 3, "open": 1, "overdue": 1,
    }  # fmt: skip
    assert _counted(board, "frontdesk:figure-requests", service="FD-001") == counts
    assert row.on_time == 100 * counts["in_time"] // counts["finished"]
    assert row.first_time == 100 * counts["first"] // counts["finished"]
    assert _counted(board, "frontdesk:figure-requests", service="FD-002")["finished"] == 0
    (desk,) = [one for one in by_section(hanan, **period) if one.code == "front_desk"]
    steps = _counted(board, "frontdesk:figure-steps", section="front_desk")
    assert (steps["finished"], steps["open"]) == (desk.finished, desk.open)
    assert desk.on_time == round(100 * steps["in_time"] / steps["finished"])
    assert steps["in_time"] + steps["late"] == steps["returned"] + steps["first"] == desk.finished
    links = re.findall(r'href="(/frontdesk/figures/(?:requests|steps)\?[^"]+)"', _figures(board))
    assert len(links) >= 20
    for link in set(map(unescape, links)):
        assert board.get(link).status_code == 200


def test_a_median_opens_the_durations_it_is_the_middle_of(
    four: list[Request], hanan: Viewer, client_for: Callable[..., Client]
) -> None:
    board = client_for("hanan")
    period = {"since": today() - timedelta(days=90), "until": today()}
    cases = request_cases(hanan, **period, service="FD-001")
    days = [one.days for one in cases]
    assert days == sorted(days) == [0, 1, 3, 16]
    (row,) = [one for one in by_service(hanan, **period) if one.code == "FD-001"]
    assert (row.median_days, row.ninetieth) == (2, 16)
    page = board.get(reverse("frontdesk:figure-requests"), {"service": "FD-001"})
    assert [one.record.days for one in page.context["table"].rows] == days
    told = [(one["value"], one["more"]) for one in page.context["marks"]]
    assert told == [("2", "عند الترتيب 2–3 من 4"), ("16", "عند الترتيب 4 من 4")]
    steps = board.get(reverse("frontdesk:figure-steps"), {"section": "front_desk"})
    used = [one.record.days_used for one in steps.context["table"].rows]
    (desk,) = [one for one in by_section(hanan, **period) if one.code == "front_desk"]
    assert used == sorted(used)
    assert steps.context["marks"][0]["value"] == f"{desk.median_days:g}"
    assert steps.context["marks"][1]["value"] == f"{desk.ninetieth}"
    sheet = board.get(reverse("frontdesk:figure-requests"), {"service": "FD-001", "export": "xlsx"})
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    at = rows[0].index("أيام العمل")
    assert [row[at] for row in rows[1:]] == days
    assert [row[0] for row in rows[1:]] == [1, 2, 3, 4]


@pytest.mark.parametrize("many", range(1, 30))
def test_places_say_where_the_middle_and_nine_of_ten_stand(many: int) -> None:
    numbers = [7 * one for one in range(many)]
    low, high = middle(many)
    assert (numbers[low - 1] + numbers[high - 1]) / 2 == median(numbers)
    at = nine_of_ten(many)
    assert at / many >= 0.9 > (at - 1) / many


def test_a_place_goes_on_over_the_pages(
    four: list[Request], hanan: Viewer, client_for: Callable[..., Client], monkeypatch: Any
) -> None:
    monkeypatch.setattr("frontend.tables.listing.PAGE_SIZES", (3, 50))
    second = client_for("hanan").get(reverse("frontdesk:figure-requests"), {"page": "2"})
    assert second.context["table"].page.number == 2
    assert 'data-label="الترتيب">4</td>' in second.content.decode()


def test_the_board_of_sections_opens_its_weeks_and_months(
    four: list[Request], hanan: Viewer, client_for: Callable[..., Client]
) -> None:
    board = client_for("hanan")
    page = board.get(reverse("frontdesk:section-board"))
    (line,) = [one for one in page.context["lines"] if one.code == "front_desk"]
    links = map(
        unescape, re.findall(r'href="(/frontdesk/figures/steps\?[^"]+)"', page.content.decode())
    )
    opened = {}
    for link in links:
        behind = board.get(link)
        here = next(one for one in behind.context["tabs"] if one["current"])
        opened[link] = here["count"]
    spans = page.context["spans"]
    own = "/frontdesk/figures/steps?section=front_desk"
    assert opened[f"{own}&show=finished&{spans['week']}"] == line.this_week
    assert opened[f"{own}&show=finished&{spans['month']}"] == line.this_month
    assert opened[f"{own}&show=finished&{spans['weeks']}"] == sum(line.weeks)
    assert opened[f"{own}&show=open"] == line.open
    assert opened[f"{own}&show=overdue"] == line.overdue
    assert opened["/frontdesk/figures/steps?show=open"] == page.context["open"]


def test_waiting_times_open_their_tickets(
    amal: Viewer, hanan: Viewer, sunday: Any, client_for: Callable[..., Client],
    count_queries: Callable[[], Any],
) -> None:  # fmt: skip
    save_counter("1", categories=[], by=hanan)
    sit_down("1", by=amal)
    for minutes in (2, 4, 9):
        give_ticket("A", by=amal)
        sunday.shift(60 * minutes)
        call_next(by=amal)
        sunday.shift(60)
        close_ticket(TicketState.SERVED, by=amal)
    give_ticket("A", by=amal)
    call_next(by=amal)
    close_ticket(TicketState.ABSENT, by=amal)
    leave(give_ticket("A", by=amal).uid, by=amal)
    (row,), (at,) = hall_figures(since=today(), until=today())
    assert (row.taken, row.served, row.absent, row.left) == (5, 3, 1, 1)
    window = client_for("hanan")
    counts = _counted(window, "frontdesk:figure-tickets", category="A")
    assert counts == {"taken": 5, "called": 4, "served": 3, "absent": 1, "left": 1}
    assert _counted(window, "frontdesk:figure-tickets", counter="1")["taken"] == at.taken == 4
    assert "show=called" in window.get(reverse("frontdesk:hall-figures")).content.decode()
    address = reverse("frontdesk:figure-tickets")
    asked = {"category": "A", "show": "called"}
    window.get(address, asked)
    with count_queries() as seen:
        page = window.get(address, asked)
    assert len(seen) == SERVED, [one["sql"][:160] for one in seen]
    waited = [one.record.waited_seconds for one in page.context["table"].rows]
    assert waited == [0, 120, 240, 540]
    told = [one["value"] for one in page.context["marks"]]
    assert told == [str(row.waited), str(row.waited_ninetieth)] == ["3", "9"]


@pytest.mark.parametrize("show", ["finished", "open"])
def test_a_list_behind_a_figure_asks_as_often_whatever_it_holds(
    four: list[Request], hanan: Viewer, client_for: Callable[..., Client],
    count_queries: Callable[[], Any], show: str,
) -> None:  # fmt: skip
    board = client_for("hanan")
    expected = {
        "frontdesk:figure-requests": REQUESTS if show == "finished" else OPEN_REQUESTS,
        "frontdesk:figure-steps": STEPS if show == "finished" else OPEN_STEPS,
    }
    counted = {}
    for name in expected:
        board.get(reverse(name), {"show": show})
        with count_queries() as seen:
            board.get(reverse(name), {"show": show})
        counted[name] = len(seen)
    assert counted == expected


def test_the_api_gives_the_cases_of_a_figure(
    four: list[Request], hanan: Viewer, api_for: Callable[..., Any], amal: Viewer
) -> None:
    hanans = api_for("hanan")
    told = hanans.get("/api/v1/desk-figures/requests?service=FD-001&show=in_time").json()["data"]
    assert sorted(one["working_days"] for one in told) == [0, 1, 3]
    assert all(one["in_time"] for one in told)
    assert "نور" not in str(told)
    late = hanans.get("/api/v1/desk-figures/requests?show=overdue").json()["data"]
    assert [one["number"] for one in late] == [four[4].number]
    steps = hanans.get("/api/v1/desk-figures/steps?section=front_desk&page_size=3").json()
    assert len(steps["data"]) == 3
    assert steps["has_more"]
    running = hanans.get("/api/v1/desk-figures/steps?show=open").json()["data"]
    assert [one["number"] for one in running] == [four[4].number]
    assert running[0]["working_days"] == 16
    assert hanans.get("/api/v1/desk-figures/tickets?show=served").json()["data"] == []
    assert hanans.get("/api/v1/desk-figures/requests?show=everything").status_code == 422
    assert hanans.get("/api/v1/desk-figures/steps?since=2020-01-01").status_code == 422
    assert hanans.get("/api/v1/desk-figures/steps?colour=red").status_code == 422
    amals = api_for("amal")
    for name in ("requests", "steps", "tickets"):
        assert amals.get(f"/api/v1/desk-figures/{name}").status_code == 403


REQUESTS_BY_DAYS = 8  # the key, the person's seats, cases, pauses, the page's rows


def test_the_api_reads_a_list_in_the_order_of_its_figure_page_by_page(
    four: list[Request], hanan: Viewer, api_for: Callable[..., Any], count_queries: Any
) -> None:
    hanans = api_for("hanan")

    def read(address: str, size: int) -> list[dict[str, Any]]:
        found, cursor = [], ""
        for _page in range(20):
            asked = f"/api/v1/desk-figures/{address}&order=figure&page_size={size}{cursor}"
            page = hanans.get(asked).json()
            assert len(page["data"]) <= size
            found += page["data"]
            if not page["has_more"]:
                return found
            cursor = f"&cursor={page['next_cursor']}"
        raise AssertionError(address)

    for size in (1, 2, 50):
        told = read("requests?service=FD-001", size)
        assert [one["working_days"] for one in told] == [0, 1, 3, 16]
        steps = read("steps?section=front_desk", size)
        days = [one["working_days"] for one in steps]
        assert days == sorted(days)
        assert len({one["id"] for one in steps}) == len(steps) > 4
        assert [one["number"] for one in read("requests?show=open", size)] == [four[4].number]
        assert read("tickets?show=served", size) == []
    wanted = "/api/v1/desk-figures/requests?service=FD-001&order=figure&page_size=2"
    with count_queries() as seen:
        answer = hanans.get(wanted)
    assert len(seen) <= REQUESTS_BY_DAYS, [one["sql"][:100] for one in seen]
    assert answer["Link"].endswith('rel="next"')
    assert hanans.get(f"{wanted}&colour=red").status_code == 422
    assert hanans.get("/api/v1/desk-figures/requests?order=oldest").status_code == 422
    # A cursor belongs to the order that gave it.
    ours = answer.json()["next_cursor"]
    theirs = hanans.get("/api/v1/desk-figures/requests?page_size=1").json()["next_cursor"]
    for address in (
        f"requests?cursor={ours}", f"requests?order=figure&cursor={theirs}", f"steps?cursor={ours}",
        "requests?order=figure&cursor=junk",
    ):  # fmt: skip
        assert hanans.get(f"/api/v1/desk-figures/{address}").status_code == 422, address


def _counted(browser: Client, name: str, **asked: str) -> dict[str, int]:
    """Each list's rows, which its tab must say as well."""
    page = browser.get(reverse(name), asked)
    counts = {}
    for tab in page.context["tabs"]:
        shown = browser.get(reverse(name) + tab["url"])
        kind = shown.context["kept"]["show"]
        counts[kind] = len(shown.context["table"].rows)
        assert counts[kind] == tab["count"], kind
    return counts


def _figures(browser: Client) -> str:
    return browser.get(reverse("frontdesk:figures")).content.decode()
