"""طلب عام and شكوى: what costs nothing and asks nobody for dues; a return to the citizen in between."""

from __future__ import annotations

import re

from django.urls import reverse

from modules.frontdesk.models import Request
from tests.journeys.walking import (
    At,
    attach,
    decide,
    do_step,
    hand_over,
    issue,
    open_request,
    register_nour,
    track,
    uid_in,
)


def ask_by_petition(at: At, nour: str) -> str:
    amal = at("amal")
    draft = attach(amal, open_request(amal, "FD-001", nour), "identity_card", shade=10)
    check = amal.send(
        draft,
        having="answers-subject",
        answers__subject="إنارة شارع 41",
        answers__details="الشارع معتم منذ شهر.",
        button=("check", "1"),
    )
    return uid_in(amal.send(check, having="seen").url)


def walk_petition(at: At) -> None:
    """From the counter to the letter."""
    amal, salma = at("amal"), at("salma")
    request = ask_by_petition(at, register_nour(amal))
    do_step(amal, request)
    decide(salma, request, decision="approved")
    issue(amal, request)
    hand_over(amal, request)
    assert Request.objects.get(uid=request).is_closed


def test_a_petition_is_answered_by_letter(at: At) -> None:
    walk_petition(at)


def test_a_petition_is_returned_for_a_paper_and_comes_back(at: At) -> None:
    amal = at("amal")
    request = ask_by_petition(at, register_nour(amal))
    page = amal.open(reverse("frontdesk:request", args=[request]))
    page = amal.open(page.link(end="/return"))
    prefix = next(
        name.split("-")[0]
        for name in page.form(having="line0-kind").names
        if name.startswith("line")
    )
    kinds = re.findall(r'name="line0-kind"[^>]*>(.*?)</select>', page.body.decode(), re.S)[0]
    kind = re.findall(r'value="(\w+)"', kinds)[0]
    amal.send(
        page,
        having=f"{prefix}-kind",
        **{
            f"{prefix}__kind": kind,
            f"{prefix}__target": "identity_card",
            f"{prefix}__note": "الهوية غير واضحة",
        },
    )
    found = Request.objects.get()
    assert found.is_paused
    told = track(at(""), str(found.number))
    assert "الهوية غير واضحة" in told.text
    page = amal.open(reverse("frontdesk:request", args=[request]))
    mended = re.findall(r'name="mended" value="([^"]+)"', page.body.decode())
    amal.client.post(reverse("frontdesk:resubmit", args=[request]), {"mended": mended})
    assert not Request.objects.get().is_paused


def test_a_complaint_without_a_name_is_followed_to_its_end(at: At) -> None:
    amal = at("amal")
    draft = amal.send(amal.open(f"{reverse('frontdesk:new')}?service=FD-002"), having="service")
    check = amal.send(
        draft,
        having="answers-category",
        answers__category="waste",
        answers__description="حاوية ممتلئة منذ أسبوع.",
        answers__location="حي الأمل، شارع 5",
        contact_phone="0599777888",
        button=("check", "1"),
    )
    request = uid_in(amal.send(check, having="seen").url)
    do_step(
        at("ines"),
        request,
        answers__upheld="yes",
        answers__findings="الحاوية ممتلئة.",
        outcome="favourable",
    )
    do_step(at("walid"), request, answers__done="أُفرغت الحاوية.")
    number = str(Request.objects.get().number)
    assert number in track(at(""), number, "0599777888").text
