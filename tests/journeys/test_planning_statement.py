"""بيان الشروط التنظيمية: legal, then planning and surveying side by side with a visit, fee, decision, paper."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from kernel.viewer import Viewer
from modules.frontdesk.models import Request, RequestStep
from tests.exemplars import parcel
from tests.journeys.walking import (
    At,
    add_photo,
    attach,
    decide,
    do_step,
    hand_over,
    issue,
    open_request,
    receive,
    register_nour,
    track,
    uid_in,
    visited_on,
)

Deliver = Callable[[], int]


def ask_for_statement(at: At, nour: str) -> str:
    """The request of the statement, submitted; its uid."""
    amal = at("amal")
    draft = open_request(amal, "PL-001", nour)
    for number, code in enumerate(("identity_card", "title_deed", "survey_plan")):
        draft = attach(amal, draft, code, shade=10 + number)
    check = amal.send(
        draft,
        having="answers-area_m2",
        block_no="643",
        parcel_no="١٥",
        answers__intended_use="residential",
        answers__area_m2="٥٠٠",
        button=("check", "1"),
    )
    return uid_in(amal.send(check, having="seen").url)


def through_the_sections(at: At, request: str) -> None:
    """Legal first; then planning and surveying, each at its own desk."""
    do_step(
        at("lina"),
        request,
        answers__ownership="owner",
        answers__opinion="سند الملكية سليم.",
        outcome="favourable",
    )
    states = dict(RequestStep.objects.filter(request__uid=request).values_list("code", "state"))
    assert states["planning"] == states["surveying"] == "open"
    do_step(
        at("basel"), request, answers__zone="سكن ب", answers__coverage="60", answers__floors="4",
        answers__setbacks="3 / 2 / 2", outcome="favourable",
    )  # fmt: skip
    rana = at("rana")
    add_photo(rana, request)
    do_step(
        rana, request, answers__visited_on=visited_on(), answers__street_width="١٢", answers__findings="الأرض خالية.",
        outcome="favourable",
    )  # fmt: skip


def test_a_planning_statement_passes_four_sections(
    at: At, deliver_events: Deliver, system: Viewer
) -> None:
    parcel()
    amal, karim, tarek, citizen = (at(name) for name in ("amal", "karim", "tarek", ""))
    nour = register_nour(amal)
    request = ask_for_statement(at, nour)
    number = str(Request.objects.get().number)
    where = amal.open(f"{reverse('frontdesk:where')}?q={number}")
    assert "الشؤون القانونية" in where.text

    through_the_sections(at, request)
    do_step(at("jamal"), request, fee_statement="٧٥٫٥٠")
    deliver_events()
    assert "75.50" in receive(karim, nour).text
    deliver_events()

    page = tarek.open(reverse("frontdesk:request", args=[request]))
    for finding in ("سكن ب", "الأرض خالية.", "سند الملكية سليم."):
        assert finding in page.text
    decide(tarek, request, decision="approved")
    issue(amal, request)
    hand_over(amal, request)
    found = Request.objects.get()
    assert found.is_closed
    assert found.document is not None
    assert found.document.title == "بيان الشروط التنظيمية"
    assert number in track(citizen, number).text


def test_two_clerks_on_one_step_see_the_conflict_and_nothing_is_lost(
    at: At, system: Viewer
) -> None:
    parcel()
    request = ask_for_statement(at, register_nour(at("amal")))
    lina = at("lina")
    page = lina.open(reverse("frontdesk:request", args=[request]))
    step = next(href for href, _words in page.links if "/steps/" in href)
    seen_before = lina.open(step)
    lina.send(
        lina.open(step),
        having="seen",
        answers__ownership="owner",
        answers__opinion="سليم",
        outcome="favourable",
    )
    late = lina.client.post(
        step,
        {
            **seen_before.form(having="seen").fields,
            "answers-ownership": "heir",
            "answers-opinion": "رأي كتبته طويلاً",
            "outcome": "unfavourable",
        },
    )
    assert late.status_code in {409, 412, 422}
    assert "رأي كتبته طويلاً" in late.content.decode()
    assert RequestStep.objects.get(request__uid=request, code="legal").answers["opinion"] == "سليم"
