"""The archive's list as a table."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from frontend.tables import Column, DateColumn, DeskTable, LinkColumn, StateColumn
from modules.archive.selectors import type_title


class TypeColumn(Column):
    """The type of paper in words."""

    def render(self, value: str) -> str:
        return str(type_title(value))


class RecordTable(DeskTable):
    number = LinkColumn(
        verbose_name=_("Number"),
        url=lambda one: reverse("archive:record", args=[one.uid]),
        code=True,
    )
    title = LinkColumn(
        verbose_name=_("Paper"), url=lambda one: reverse("archive:record", args=[one.uid])
    )
    type_code = TypeColumn(verbose_name=_("Type"))
    party = Column(verbose_name=_("Person"), orderable=False)
    dated_on = DateColumn(verbose_name=_("Date of the paper"))
    filed_on = DateColumn(verbose_name=_("Filed on"))
    filed_by_name = Column(verbose_name=_("Filed by"), orderable=False)
    is_confidential = StateColumn(
        verbose_name=_("Access"),
        kinds={True: "warn", False: "neutral"},
        show=lambda one: _("confidential") if one.is_confidential else _("by section"),
        orderable=False,
    )

    empty_title = _("No papers yet")
    empty_text = _("Papers of requests are filed here by themselves; older ones are filed by hand.")
