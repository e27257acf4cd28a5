"""Every door of the house, found by walking the URL patterns: nothing is listed by hand, so nothing new can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.viewsets import ViewSetMixin

from frontend.pages import Guard

TOWN = "config.urls_municipality"
HUB = "config.urls_hub"
METHODS = ("get", "post")
_CONVERTER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_REGEX_GROUP = re.compile(r"\(\?P<(?P<name>\w+)>(?P<kind>(?:[^()]|\([^()]*\))*)\)")


@dataclass(frozen=True)
class Door:
    """One URL pattern: where it stands, what its view demands, which parts of the address vary."""

    route: str
    name: str
    view: Any

    @property
    def guard(self) -> Any:
        """A `Guard`, the word "open", or None when the view carries nothing."""
        return getattr(self.view, "guard", None)

    @property
    def endpoint(self) -> Any:
        """The API endpoint behind it, None for a page."""
        cls = getattr(self.view, "cls", None)
        return cls if isinstance(cls, type) and issubclass(cls, ViewSetMixin) else None

    @property
    def actions(self) -> dict[str, str]:
        return dict(getattr(self.view, "actions", None) or {})

    @property
    def module(self) -> str:
        """The module that owns it, empty for the built-in parts."""
        if self.endpoint is not None:
            return str(self.endpoint.module)
        return (self.guard.module or "") if isinstance(self.guard, Guard) else ""

    @property
    def holes(self) -> tuple[tuple[str, str], ...]:
        """(name, kind) of each varying part, in order; kind is "uuid" where an object's uid stands."""
        found = [
            (one.start(), one["name"], one["kind"] or "str")
            for one in _CONVERTER.finditer(_REGEX_GROUP.sub("", self.route))
        ]
        found += [
            (one.start(), one["name"], "uuid" if "0-9a-f" in one["kind"] else "regex")
            for one in _REGEX_GROUP.finditer(self.route)
        ]
        return tuple((name, kind) for _at, name, kind in sorted(found))

    @property
    def objects(self) -> tuple[str, ...]:
        return tuple(name for name, kind in self.holes if kind == "uuid")

    def address(self, **values: Any) -> str:
        """The address with its parts filled in; what is not given gets a plausible word."""
        filled = {
            name: values.get(name, _FILLING.get(kind) or _FILLING.get(name, "x"))
            for name, kind in self.holes
        }
        path = _REGEX_GROUP.sub(lambda one: str(filled[one["name"]]), self.route)
        path = _CONVERTER.sub(lambda one: str(filled[one["name"]]), path)
        return "/" + path.replace("^", "").replace("$", "").replace("\\", "")

    def before(self, hole: str) -> str:
        """The route up to and with that part: doors behind one another share what stands there."""
        at = re.search(rf"<(?:\w+:)?{hole}>|\(\?P<{hole}>(?:[^()]|\([^()]*\))*\)", self.route)
        assert at is not None
        return self.route[: at.end()]

    def __str__(self) -> str:
        return self.name or self.route or "/"


_FILLING = {
    # by the kind of the part
    "uuid": "01890000-0000-7000-8000-000000000000",
    "int": "1",
    "held": "land",
    # by its name
    "to": "closed",
    "kind": "delegation",
    "cheque_state": "returned",
    "plan_state": "cancelled",
    "spending_state": "rejected",
    "bank_move": "match",
    "supplier_move": "block",
    "book_move": "spoil",
    "bank_code": "1121",
    "warning_state": "lapsed",
    "paper": "taken",
}


@cache
def doors(urlconf: str) -> tuple[Door, ...]:
    """Every pattern of a URL configuration, in its order."""
    return tuple(_walk(get_resolver(urlconf).url_patterns, "", ""))


def _walk(patterns: Any, route: str, namespace: str) -> Iterator[Door]:
    for one in patterns:
        where = route + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(
                one.url_patterns,
                where,
                f"{namespace}{one.namespace}:" if one.namespace else namespace,
            )
        else:
            assert isinstance(one, URLPattern)
            yield Door(where, f"{namespace}{one.name}" if one.name else "", one.callback)


def pages(urlconf: str) -> tuple[Door, ...]:
    """Doors that only staff may open."""
    return tuple(
        one for one in doors(urlconf) if isinstance(one.guard, Guard) and one.guard.door != "public"
    )


def endpoints() -> tuple[Door, ...]:
    return tuple(one for one in doors(TOWN) if one.endpoint is not None)
