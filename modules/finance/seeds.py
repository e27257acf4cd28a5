"""What a new municipality's books start with, and what a demonstration town shows."""

from __future__ import annotations

from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.finance.models import CashBox
from modules.finance.services.chart import load_template_chart, take_kinds_from_manifests
from modules.finance.services.periods import open_year
from modules.finance.services.sessions import add_box


def plant(profile: object) -> None:
    """The template chart, the kinds of dues of all installed modules, this year's months, one cash box."""
    by = Viewer.system("finance.seeds")
    load_template_chart(by=by)
    take_kinds_from_manifests(by=by)
    open_year(year=today().year, by=by)
    if not CashBox.objects.exists():
        add_box(code="01", name_ar="الصندوق الرئيسي", name_en="Main cash box", by=by)
