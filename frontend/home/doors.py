"""What a citizen can do here without an account: the citizen pages of the modules that are on."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import registry
from kernel.activation.services import active_codes


@dataclass(frozen=True)
class Door:
    """One thing a citizen can do, with its page."""

    title: str | Promise
    text: str | Promise
    url: str
    icon: str
    is_main: bool = False


# Names that a module's citizen pages may carry, and how the door to each is called.
_KNOWN = (
    (
        "track",
        _("Track a request"),
        _("With the number on your slip and your telephone."),
        "route",
        True,
    ),
    (
        "services",
        _("Services guide"),
        _("What each service needs, costs, and how long it takes."),
        "list-check",
        False,
    ),
    (
        "dues",
        _("My dues"),
        _("What is owed to the municipality and how to pay it."),
        "receipt",
        False,
    ),
)


def citizen_doors() -> list[Door]:
    """The doors that exist here today, the most needed first."""
    active = active_codes()
    doors = []
    for name, title, text, icon_name, is_main in _KNOWN:
        for module in registry.modules():
            if module.code not in active or not module.citizen_urls:
                continue
            url = _citizen_url(module.code, name)
            if url:
                doors.append(Door(title, text, url, icon_name, is_main))
    return doors


def _citizen_url(module: str, name: str) -> str:
    for namespace in (f"{module}-citizen", f"citizen-{module}", f"c-{module}"):
        try:
            return reverse(f"{namespace}:{name}")
        except NoReverseMatch:
            continue
    return ""
