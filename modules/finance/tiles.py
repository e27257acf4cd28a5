"""Figures of finance on the home page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.templatetags.face import amount
from kernel.calendar.selectors import today
from kernel.manifest import TileContent
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.selectors.cash import own_session
from modules.finance.selectors.figures import owed_by_currency, received_by_currency


def received_today(viewer: Viewer) -> TileContent:
    """What the desks took today; only his own for who does not see the books."""
    sums = received_by_currency(viewer, today())
    first = sums[0] if sums else (money(0), 0)
    rest = " + ".join(amount(one) for one, _count in sums[1:])
    return TileContent(
        value=amount(first[0]),
        label=" ".join(
            part
            for part in (
                rest,
                _("%(count)s receipts") % {"count": sum(count for _a, count in sums)},
            )
            if part
        ),
        url=reverse("finance:receipts"),
        state="ok" if sums else "neutral",
    )


def own_session_state(viewer: Viewer) -> TileContent | None:
    """Whether the cashier's session is open, and of today."""
    session = own_session(viewer)
    url = reverse("finance:desk")
    if session is None:
        return TileContent(value=_("closed"), label=_("Open a session to receive money"), url=url)
    late = session.on_date != today()
    return TileContent(
        value=str(session.box),
        label=_("Of an earlier day: count and close it") if late else _("still open"),
        url=url,
        state="danger" if late else "ok",
    )


def owed_in_all(viewer: Viewer) -> TileContent:
    """All open dues, in their largest currency first."""
    sums = owed_by_currency()
    return TileContent(
        value=amount(sums[0]) if sums else amount(money(0)),
        label=" + ".join(amount(one) for one in sums[1:]),
        url=f"{reverse('finance:charges')}?state=owed",
        state="info",
    )
