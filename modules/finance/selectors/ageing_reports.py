"""The ages of dues as reports: by kind, by neighbourhood, by collector."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_lazy as _

from kernel.viewer import Viewer
from modules.finance.constants import AgeingBy
from modules.finance.selectors.ageing import ageing
from modules.finance.selectors.tables import Chart, Report, Table

AGE_BANDS = (
    _("not due yet"),
    _("1 to 30 days"),
    _("31 to 90 days"),
    _("91 to 180 days"),
    _("181 to 365 days"),
    _("1 to 3 years"),
    _("over 3 years"),
)
# Land is divided, people move and rounds are redrawn; the amounts are those of the day, the places are not.
PLACES_OF_TODAY = _(
    "The amounts are those of the day asked for. In which neighbourhood a due lies, and whose round that is, is told as it is now."
)
_AGE_BARS = Chart(label=0, values=(2, 3, 4, 5, 6, 7, 8), currency=1)


def _aged(by: AgeingBy) -> Callable[[Viewer, date, date], Table]:
    def table(viewer: Viewer, since: date, until: date) -> Table:
        found = ageing(viewer, on=until, by=by).rows
        rows = tuple((row.title, row.currency, *row.bands, row.total) for row in found)
        headings = (by.label, _("Currency"), *AGE_BANDS, _("Total"))
        return Table(headings, rows, f"ageing-{by.value}", tuple(row.of for row in found))

    return table


# Which report shows what the page of ages shows.
AGEING_CODES: dict[str, str] = {
    AgeingBy.KIND: "ageing",
    AgeingBy.ZONE: "ageing-by-zone",
    AgeingBy.COLLECTOR: "ageing-by-collector",
}

AGEING_REPORTS: dict[str, Report] = {
    "ageing": Report(_("Age of the dues"), _aged(AgeingBy.KIND), _AGE_BARS, told="day"),
    "ageing-by-zone": Report(
        _("Age of the dues by neighbourhood"),
        _aged(AgeingBy.ZONE),
        _AGE_BARS,
        told="day",
        note=PLACES_OF_TODAY,
    ),
    "ageing-by-collector": Report(
        _("Age of the dues by collector"),
        _aged(AgeingBy.COLLECTOR),
        _AGE_BARS,
        told="day",
        note=PLACES_OF_TODAY,
    ),
}
