"""What a desk makes for itself: saved views and macros."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import Row
from modules.frontdesk.constants import ToolKind


class DeskTool(Row):
    """A saved view of the inbox or a macro: of one person, or of a section (then of everybody there)."""

    kind = models.CharField(max_length=8, choices=ToolKind.choices)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    section = models.ForeignKey(
        "organisation.Section",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    definition: Any = models.JSONField(default=dict)

    class Meta(Row.Meta):
        verbose_name = _("tool of the desk")
        verbose_name_plural = _("tools of the desk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=ToolKind.values)
                & ~Q(name="")
                & (Q(owner__isnull=False) | Q(section__isnull=False)),
                name="frontdesk_tool_of_somebody",
            ),
            models.UniqueConstraint(
                fields=["kind", "owner", "section", "name"],
                name="frontdesk_tool_name",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name
