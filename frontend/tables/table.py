"""The table of a list page."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from frontend.tables.body import table_body


class DeskTable(django_tables2.Table):
    """A table in our clothes: sorted by links, a small card per row on a phone, exported as it is seen."""

    # Columns whose words are searched or that must not be sorted say orderable=False themselves.
    empty_title: ClassVar[Any] = _("Nothing here")
    empty_text: ClassVar[Any] = ""

    class Meta:
        template_name = "frontend/table.html"
        order_by_field = "sort"
        attrs: ClassVar = {"class": "table table-cards"}
        default = "—"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Subclasses' Meta need not inherit ours.
        kwargs.setdefault("template_name", "frontend/table.html")
        kwargs.setdefault("order_by_field", "sort")
        kwargs.setdefault("default", "—")
        kwargs["attrs"] = {"class": "table table-cards", **(kwargs.get("attrs") or {})}
        self.totals: dict[str, Any] = {}
        super().__init__(*args, **kwargs)

    def body(self) -> SafeString:
        """The rows of the page, written."""
        return table_body(self)

    def totals_row(self) -> list[tuple[str, Any]]:
        """(column title, total or None) for each shown column."""
        return [(str(column.header), self.totals.get(column.name)) for column in self.columns]
