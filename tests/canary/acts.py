"""Everything that can be done in a municipality, found by itself: doors, endpoints, tasks, jobs, panels, tiles, figures, sources.

An act is done in one of the twins by a `Visitor`; what it gives is looked at by the visitor's witness.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse

from api.document import generate
from config.celery import app
from frontend.pages import Guard
from kernel import registry
from kernel.jobs.models import Job
from kernel.jobs.services import start_job
from kernel.printing.models import IssuedDocument
from kernel.printing.selectors import document_by_code
from kernel.search.asking import search
from kernel.tasks import sealed
from kernel.tenancy import use
from tests.canary.addresses import Addresses, town_doors
from tests.canary.forms import body_for, forms_of
from tests.canary.twins import Town
from tests.canary.visiting import Visitor
from tests.doors import Door

LEFT_ALONE = frozenset({
    "account_logout",  # would only turn the rest of the visit into a stranger's
    "office:switch",  # a module that is off hides what is to be looked at (tests/test_modules_off.py is about that)
    "office:account-act",  # locks the visitor out
    "office:seat-end",
    "office:role",
})  # fmt: skip
"""Forms that are looked at but not sent, each for its reason."""


@dataclass(frozen=True)
class Act:
    name: str
    kind: str
    do: Callable[[Visitor, Town], None]
    writes: bool = False

    def __str__(self) -> str:
        return self.name


def acts_of(addresses: Addresses) -> list[Act]:
    """All of them, in the order in which they are found."""
    return [
        act
        for found in (
            _doors(addresses),
            _endpoints(addresses),
            _tasks(),
            _jobs(),
            _panels(),
            _tiles(),
            _indicators(),
            _sources(),
        )
        for act in found
    ]


# --- Pages and endpoints ------------------------------------------------------------------------------


def _doors(addresses: Addresses) -> Iterator[Act]:
    for door in town_doors():
        if door.endpoint is not None:
            continue
        found = addresses.of(door)
        for address in found:
            yield Act(f"page {door} {address}", "page", _opened(address))
        if str(door) not in LEFT_ALONE:
            yield Act(f"form {door} {found[0]}", "form", _sent(found[0]), writes=True)
        if not isinstance(door.guard, Guard) or door.guard.door == "public":
            yield Act(f"public {door} {found[0]}", "public", _seen_by_anybody(found[0]))


def _opened(address: str) -> Callable[[Visitor, Town], None]:
    def do(visitor: Visitor, town: Town) -> None:
        answer = visitor.asks(town, "get", address, who="browser")
        if answer.status == 200 and b"export=xlsx" in answer.body:
            visitor.asks(town, "get", f"{address}?export=xlsx", who="browser")

    return do


def _sent(address: str) -> Callable[[Visitor, Town], None]:
    """The page's own forms, filled in; a door without a page gets an empty form."""

    def do(visitor: Visitor, town: Town) -> None:
        page = visitor.asks(town, "get", address, who="browser")
        html = page.kind.startswith("text/html")
        forms = forms_of(page.body.decode(), mark=town.mark) if html else []
        own = [form for form in forms if form.action in {"", ".", address}]
        for form in own or [None]:
            visitor.asks(town, "post", address, who="browser", data=form.fields if form else {})

    return do


def _seen_by_anybody(address: str) -> Callable[[Visitor, Town], None]:
    def do(visitor: Visitor, town: Town) -> None:
        visitor.asks(town, "get", address, who="anybody")

    return do


def _endpoints(addresses: Addresses) -> Iterator[Act]:
    document: dict[str, Any] = dict(generate())
    for door in town_doors():
        if door.endpoint is None:
            continue
        for method in door.actions:
            path = _path_in(document, door)
            for address in addresses.of(door):
                yield Act(
                    f"api {method} {door} {address}", "api",
                    _called(document, path, method, address), writes=method not in READS,
                )  # fmt: skip


READS = {"get", "head"}


def _path_in(document: dict[str, Any], door: Door) -> str:
    """The document's own path of an endpoint."""
    wanted = door.address(**{name: "{" + name + "}" for name, _kind in door.holes})
    return wanted.removeprefix("/api/v1")


def _called(
    document: dict[str, Any], path: str, method: str, address: str
) -> Callable[[Visitor, Town], None]:
    def do(visitor: Visitor, town: Town) -> None:
        if method in READS:
            visitor.asks(town, method, address, who="programme")
            return
        body = body_for(document, path, method, mark=town.mark)
        for sent in ({}, body) if body else ({},):
            visitor.asks(
                town, method, address, who="programme",
                data=json.dumps(sent), content_type="application/json",
            )  # fmt: skip

    return do


# --- Work in the background ---------------------------------------------------------------------------


def task_names() -> list[str]:
    app.loader.import_default_modules()
    return sorted(name for name in app.tasks if not name.startswith("celery."))


ARGUMENTS: dict[str, Callable[[], list[Any]]] = {
    "jobs.run": lambda: [Job.objects.order_by("-id").values_list("id", flat=True)[0]],
    "notifications.deliver": lambda: [1],
}
"""What a task is given that asks for more than the municipality."""
OF_ALL = frozenset({"tenants.fan_out", "hub.gather_figures"})
"""Work of the house over all municipalities: it belongs to none."""


def _tasks() -> Iterator[Act]:
    for name in task_names():
        yield Act(f"task {name}", "task", _worked(name), writes=True)


def _worked(name: str) -> Callable[[Visitor, Town], None]:
    def do(visitor: Visitor, town: Town) -> None:
        with use(town.schema):
            given = ARGUMENTS.get(name, list)()
        schema = "hub" if name == "hub.gather_figures" else town.schema
        with visitor.serving(None if name in OF_ALL else town):
            kwargs = {} if name == "tenants.fan_out" else sealed(name, schema, given, {})
            visitor.works(name, given, kwargs, town)

    return do


def _jobs() -> Iterator[Act]:
    for kind in registry.job_kinds():
        yield Act(f"job {kind}", "job", _run(kind), writes=True)


def _run(kind: str) -> Callable[[Visitor, Town], None]:
    """The runner is started with what a page would give it, for whatever file and batch the town has."""

    def do(visitor: Visitor, town: Town) -> None:
        with visitor.inside(town) as viewer:
            tables = {"batch": "finance_openingbatch", "file": "files_storedfile"}
            with connection.cursor() as cursor:
                params = {"as_of": "2026-01-01", "reason": f"سبب {town.mark}"}
                for name, table in tables.items():
                    cursor.execute(f'SELECT uid::text FROM "{table}" ORDER BY id LIMIT 1')
                    params[name] = cursor.fetchone()[0]
            job = start_job(kind, params=params, by=viewer)
        visitor.works_off(town)
        with visitor.inside(town):
            told = Job.objects.get(pk=job.pk)
            visitor.looks(f"{told.title} {told.result_text} {told.error}", town, f"job {kind}")

    return do


# --- What manifests declare ---------------------------------------------------------------------------


def _panels() -> Iterator[Act]:
    subjects = {
        "party": "parties_party",
        "land_unit": "places_landunit",
        "request": "frontdesk_request",
    }
    for module in registry.modules():
        for panel in module.panels:
            yield Act(f"panel {panel.code}", "panel", _shown(panel, subjects[panel.subject]))


def _shown(panel: Any, table: str) -> Callable[[Visitor, Town], None]:
    def do(visitor: Visitor, town: Town) -> None:
        with visitor.inside(town) as viewer:
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT max(id) FROM "{table}"')
                subject = cursor.fetchone()[0]
            content = registry.load(panel.provider)(viewer, subject)
            page = render_to_string(content.template, {"viewer": viewer, **content.context})
            visitor.looks(page, town, f"panel {panel.code}")

    return do


def _tiles() -> Iterator[Act]:
    for module in registry.modules():
        for tile in module.tiles:
            yield Act(f"tile {tile.code}", "tile", _told(tile.provider, f"tile {tile.code}"))


def _told(provider: str, name: str) -> Callable[[Visitor, Town], None]:
    def do(visitor: Visitor, town: Town) -> None:
        with visitor.inside(town) as viewer:
            visitor.looks(repr(registry.load(provider)(viewer)), town, name)

    return do


def _indicators() -> Iterator[Act]:
    for module in registry.modules():
        for one in module.indicators:
            yield Act(f"indicator {one.code}", "indicator", _counted(one))


def _counted(indicator: Any) -> Callable[[Visitor, Town], None]:
    def do(visitor: Visitor, town: Town) -> None:
        with visitor.inside(town) as viewer:
            day = visitor.today
            value = registry.load(indicator.provider)(since=day, until=day)
            visitor.looks(f"{value} {viewer.name}", town, f"indicator {indicator.code}")

    return do


def _sources() -> Iterator[Act]:
    for module in registry.modules():
        for source in module.search_sources:
            yield Act(f"source {source.provider}", "source", _searched(source.provider))
    yield Act("search of all sources", "source", _searched(""))
    yield Act("paper by its code", "source", _verified)


def _searched(provider: str) -> Callable[[Visitor, Town], None]:
    """Asked for a name that both have, and for either twin's mark."""

    def do(visitor: Visitor, town: Town) -> None:
        with visitor.inside(town) as viewer:
            for text in ("نور الأسطل", "401234562", "1", *(one.mark for one in visitor.twins)):
                hits = (
                    registry.load(provider)(viewer, text, 20)
                    if provider
                    else search(viewer, text, limit=20)
                )
                visitor.looks(repr(hits), town, f"search {text}")

    return do


def _verified(visitor: Visitor, town: Town) -> None:
    """The page behind the code on a paper, for whoever holds the paper; here and with the neighbour's code."""
    for of in visitor.twins:
        with use(of.schema):
            code = IssuedDocument.objects.order_by("-pk").values_list("code", flat=True)[0]
        with visitor.inside(town):
            visitor.looks(repr(vars(document_by_code(code) or object)), town, "paper by its code")
        visitor.asks(town, "get", reverse("verify:document", args=[code]), who="anybody")


def shuffled(acts: list[Act], twins: Any, *, seed: int) -> list[tuple[Act, Town]]:
    """Every act for both twins, in the order that the seed gives."""
    pairs = [(act, town) for act in acts for town in twins]
    random.Random(seed).shuffle(pairs)
    return pairs
