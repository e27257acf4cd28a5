"""Cards of the home page; each figure opens the list behind it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.calendar.selectors import today
from kernel.manifest import TileContent
from kernel.viewer import Viewer
from modules.frontdesk.selectors.inbox import inbox_counts
from modules.frontdesk.selectors.online import waiting_count
from modules.frontdesk.selectors.requests import requests_list


def waiting_for_me(viewer: Viewer) -> TileContent:
    counts = inbox_counts(viewer)
    return TileContent(
        value=str(counts["mine"]),
        label=_("%(count)s in my sections") % {"count": counts["section"]},
        url=reverse("frontdesk:inbox"),
        state="info" if counts["mine"] else "neutral",
    )


def overdue(viewer: Viewer) -> TileContent:
    count = inbox_counts(viewer)["overdue"]
    return TileContent(
        value=str(count),
        label=_("past their due date") if count else _("everything is in time"),
        url=f"{reverse('frontdesk:inbox')}?box=overdue",
        state="danger" if count else "ok",
    )


def submitted_today(viewer: Viewer) -> TileContent:
    on = today()
    count = requests_list(viewer).filter(submitted_on=on).order_by().count()
    return TileContent(
        value=str(count),
        label=_("received today"),
        url=f"{reverse('frontdesk:list')}?submitted_after={on.isoformat()}",
    )


def to_verify(viewer: Viewer) -> TileContent:
    count = waiting_count(viewer)
    return TileContent(
        value=str(count),
        label=_("wait for the desk") if count else _("nothing waits"),
        url=reverse("frontdesk:online-list"),
        state="warn" if count else "ok",
    )
