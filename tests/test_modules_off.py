"""A module that is off is silent: no page, no endpoint, no link, no tile, no answer, no delivery; the rest works."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from frontend.home.doors import citizen_doors
from frontend.home.tiles import tiles_for
from frontend.navigation import menu_for
from frontend.panels import panels_for
from kernel import registry
from kernel.activation.services import active_codes, switch
from kernel.errors import Unavailable
from kernel.events.models import Delivery, OutboxEvent
from kernel.events.services import relay
from kernel.files.models import StoredFile
from kernel.files.selectors import visible_files
from kernel.jobs.models import Status
from kernel.jobs.services import run_job, start_job
from kernel.manifest import Module
from kernel.parties.models import Party
from kernel.ports import is_provided
from kernel.search import search
from kernel.viewer import Viewer
from modules.frontdesk.models import Request
from tests.doors import METHODS, TOWN, doors, endpoints, pages
from tests.exemplars import make_things, seat_mighty
from tests.journeys.reading import Browser, read
from tests.journeys.test_petition_and_complaint import walk_petition
from tests.journeys.walking import NOUR_ID, At, attach, open_request, register_nour, track

OPTIONAL = [one.code for one in registry.modules() if one.optional]


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


@pytest.fixture(params=OPTIONAL)
def off(request: pytest.FixtureRequest, town: str, system: Viewer) -> Iterator[list[Module]]:
    """A town with one of everything, in which a module (and what depends on it) was then switched off."""
    make_things(seat_mighty())
    yield [registry.module(code) for code in switch_off(request.param, by=system)]


def switch_off(code: str, *, by: Viewer) -> list[str]:
    """Switch a module off, those that need it first. Gives the codes of all that are off then."""
    gone: list[str] = []
    for module in registry.modules():
        if code in module.depends_on and module.code in active_codes():
            gone += switch_off(module.code, by=by)
    switch(code, on=False, by=by)
    return [*gone, code]


def test_its_pages_do_not_exist(off: list[Module], client_for: Callable[..., Client]) -> None:
    codes = {one.code for one in off}
    staff, citizen = client_for("mighty"), client_for()
    known = [door for door in doors(TOWN) if door.endpoint is None and door.module in codes]
    assert known
    for door in known:
        browser = citizen if door.guard.door == "public" else staff
        statuses = set()
        for method in METHODS:
            with transaction.atomic():
                statuses.add(getattr(browser, method)(door.address()).status_code)
                transaction.set_rollback(True)
        assert statuses <= {404, 405}, f"{door} answers {statuses}"
        assert 404 in statuses, f"{door} answers {statuses}"


def test_its_endpoints_do_not_exist(off: list[Module], api_for: Callable[..., Client]) -> None:
    codes = {one.code for one in off}
    scopes = [f"{door.endpoint.scope}:{verb}" for door in endpoints() for verb in ("read", "write")]
    programme = api_for("mighty", scopes=scopes)
    for door in endpoints():
        if door.module in codes:
            for method in door.actions:
                answer = getattr(programme, method)(door.address())
                assert answer.status_code == 404, f"{method} {door}: {answer.status_code}"


def test_nothing_that_is_left_leads_to_it(
    off: list[Module], client_for: Callable[..., Client]
) -> None:
    """Every other page that needs no object, and the person's and the request's page, are opened and read."""
    codes = {one.code for one in off}
    gone = tuple(start for code in codes for start in (f"/{code}/", f"/c/{code}/"))
    staff, citizen = client_for("mighty"), client_for()
    addresses = [
        (staff, door.address())
        for door in pages(TOWN)
        if not door.holes and door.module not in codes
    ]
    addresses += [(staff, reverse("people:person", args=[Party.objects.get().uid])), (citizen, "/")]
    if "frontdesk" not in codes:
        addresses += [
            (staff, reverse("frontdesk:request", args=[uid]))
            for uid in Request.objects.exclude(number=None).values_list("uid", flat=True)
        ]
    for browser, address in addresses:
        answer = browser.get(address)
        assert answer.status_code in {200, 302, 405}, f"{address} answers {answer.status_code}"
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            page = read(address, 200, answer.content)
            leads = [href for href, _words in page.links if href.startswith(gone)]
            leads += [one.action for one in page.forms if one.action.startswith(gone)]
            assert not leads, f"{address} leads to {leads}"


def test_its_menu_tiles_panels_and_hits_are_gone(off: list[Module]) -> None:
    from kernel.identity.models import User
    from kernel.organisation.selectors import viewer_for

    mighty = viewer_for(
        User.objects.get(username="mighty"), channel="web", request_id="test-mighty"
    )
    theirs = {one.code for module in off for one in (*module.menu, *module.tiles, *module.panels)}
    shown = {link.code for group in menu_for(mighty) for link in group.items}
    shown |= {one.code for one in tiles_for(mighty)}
    shown |= {one.code for one in panels_for(mighty, "party", Party.objects.get().pk)}
    assert not shown & theirs
    starts = tuple(f"/{module.code}/" for module in off)
    for text in ("نور", NOUR_ID, "2026", "عقد"):
        assert not [hit.url for hit in search(mighty, text) if hit.url.startswith(starts)]
    assert not [
        door.url
        for door in citizen_doors()
        if door.url.startswith(tuple(f"/c/{one.code}/" for one in off))
    ]


def test_its_ports_are_absent(off: list[Module]) -> None:
    for module in off:
        for provision in module.ports:
            assert not is_provided(registry.load(provision.port))


def test_what_happens_meanwhile_is_not_delivered_to_it(off: list[Module]) -> None:
    for module in off:
        for listener in module.handlers:
            OutboxEvent.objects.create(name=listener.event, payload={}, occurred_at=timezone.now())
    relay()
    theirs = {listener.handler for module in off for listener in module.handlers}
    assert not Delivery.objects.filter(handler__in=theirs).exists()


def test_its_work_is_not_begun(off: list[Module], system: Viewer) -> None:
    for module in off:
        for kind in module.jobs:
            job = start_job(kind.code, by=system)
            run_job(job.pk)
            job.refresh_from_db()
            assert (job.status, job.error) == (Status.FAILED, str(Unavailable()))


def test_its_files_are_not_shown_on_its_word(off: list[Module]) -> None:
    """A file guard of a module that is off is not asked."""
    asked: list[str] = []
    stranger = Viewer(user_id=999_999, name="غريب")
    guards = {one.provider for module in off for one in module.file_guards}
    real = registry.load

    def load(dotted: str) -> object:
        asked.append(dotted)
        return real(dotted)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(registry, "load", load)
        visible_files(stranger, list(StoredFile.objects.all()))
    assert not guards & set(asked)


def test_what_it_wrote_is_there_again_when_it_is_switched_on(
    off: list[Module], system: Viewer, client_for: Callable[..., Client]
) -> None:
    for module in reversed(off):
        switch(module.code, on=True, by=system)
    page = Browser(client_for("mighty")).open(
        reverse("people:person", args=[Party.objects.get().uid])
    )
    assert any(href.startswith("/frontdesk/") for href, _words in page.links)


# --- The journeys, with what they do not need switched off ---------------------------------------------


@pytest.mark.parametrize("code", [one for one in OPTIONAL if one != "frontdesk"])
def test_a_petition_runs_with_any_other_module_off(code: str, at: At, system: Viewer) -> None:
    if code in registry.module("frontdesk").depends_on:
        pytest.fail("the front desk depends on no other module")
    switch_off(code, by=system)
    walk_petition(at)


def test_without_finance_dues_are_unknown_and_never_none(at: At, system: Viewer) -> None:
    """The person's page says so, and a clearance is not given on a guess."""
    switch_off("finance", by=system)
    amal = at("amal")
    nour = register_nour(amal)
    person = amal.open(reverse("people:person", args=[nour]))
    assert "لا يُعرف" in person.text or "غير معروف" in person.text, person.text
    draft = attach(amal, open_request(amal, "FD-004", nour), "identity_card", shade=10)
    check = amal.send(
        draft, having="answers-purpose", answers__purpose="bank", button=("check", "1")
    )
    amal.send(check, having="seen", expect=409)
    assert Request.objects.get().number is None


def test_without_finance_a_citizen_still_tracks(at: At, system: Viewer) -> None:
    switch_off("finance", by=system)
    walk_petition(at)
    number = str(Request.objects.get().number)
    assert number in track(at(""), number).text


def test_without_the_front_desk_money_is_still_received(at: At, system: Viewer) -> None:
    from tests.exemplars import owes
    from tests.journeys.walking import receive

    switch_off("frontdesk", by=system)
    nour = register_nour(at("amal"))
    owes(Party.objects.get(uid=nour), "85", by=system)
    assert "85.00" in receive(at("karim"), nour).text
