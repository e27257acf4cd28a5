"""Asking every module's search source, and the commands that a reader may give."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from frontend.navigation import menu_for
from kernel.search import Hit, search
from kernel.text import fold
from kernel.viewer import Viewer


@dataclass(frozen=True)
class Group:
    """Hits of one kind, titled in words."""

    title: str | Promise
    hits: list[Hit]


@dataclass(frozen=True)
class Command:
    """Something to do or a place to go, in the palette."""

    title: str
    url: str
    icon: str


def find_all(viewer: Viewer, text: str, *, limit: int) -> list[Hit]:
    """What answers the text, the surest first, from all sources the viewer may ask."""
    return search(viewer, text, limit=limit)


def grouped(hits: list[Hit]) -> list[Group]:
    """The hits by kind, kinds in the order of their best hit."""
    by_kind: dict[str, list[Hit]] = {}
    for hit in hits:
        by_kind.setdefault(str(hit.kind), []).append(hit)
    titles = {
        "party": _("Persons"),
        "land_unit": _("Parcels"),
        "premises": _("Premises"),
        "request": _("Requests at the desk"),
    }
    return [Group(titles.get(kind, kind), found) for kind, found in by_kind.items()]


def commands_for(viewer: Viewer, text: str, *, limit: int = 8) -> list[Command]:
    """Places of the menu and a few deeds whose title holds the text; without a text the whole menu."""
    commands = [
        Command(_("Go to: %(place)s") % {"place": link.title}, link.url, link.icon)
        for group in menu_for(viewer)
        for link in group.items
    ]
    if viewer.may("parties.register"):
        commands.insert(0, Command(_("New person"), reverse("people:new"), "user-plus"))
    commands.append(Command(_("My account"), reverse("account:home"), "user"))
    wanted = fold(text)
    return [one for one in commands if not wanted or wanted in fold(one.title)][:limit]
