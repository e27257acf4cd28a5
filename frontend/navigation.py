"""The menu: what the manifests declare, less what is switched off here and what this viewer may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontend.office.doors import doors_for
from kernel import registry
from kernel.activation.services import active_codes
from kernel.manifest import MenuItem
from kernel.viewer import Viewer

# Groups in their order; a manifest names one of these, anything else falls under "work".
GROUPS: dict[str, str | Promise] = {
    "start": "",
    "work": _("Work"),
    "people": _("People and places"),
    "money": _("Money"),
    "records": _("Records"),
    "reports": _("Reports"),
    "settings": _("Settings"),
}


@dataclass(frozen=True)
class MenuLink:
    code: str
    title: str | Promise
    url: str
    icon: str
    is_current: bool = False


@dataclass
class MenuGroup:
    code: str
    title: str | Promise
    items: list[MenuLink] = field(default_factory=list)


@cache
def _declared() -> tuple[tuple[str, MenuItem], ...]:
    found = [(module.code, item) for module in registry.modules() for item in module.menu]
    return tuple(sorted(found, key=lambda pair: pair[1].order))


def menu_for(viewer: Viewer, path: str = "") -> list[MenuGroup]:
    """Groups with at least one link; the link whose address leads to `path` most closely is current."""
    active = active_codes()
    seen: list[tuple[str, MenuItem, str]] = []
    for code, item in _declared():
        if code not in active or (item.permission and not viewer.may(item.permission)):
            continue
        if item.code == "office" and not doors_for(viewer):
            continue
        url = _url(item.url_name)
        if url:
            seen.append((item.group if item.group in GROUPS else "work", item, url))
    current = max((url for _, _, url in seen if _leads_to(url, path)), key=len, default="")
    groups = {code: MenuGroup(code, title) for code, title in GROUPS.items()}
    for group, item, url in seen:
        groups[group].items.append(
            MenuLink(item.code, item.title, url, item.icon, is_current=url == current)
        )
    return [group for group in groups.values() if group.items]


def _url(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url if url.endswith("/") else f"{url}/"))
