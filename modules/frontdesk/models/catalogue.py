"""The catalogue: services and their versions."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, Row, VersionedRow
from kernel.tenancy import current_schema
from modules.frontdesk.constants import Audience
from modules.frontdesk.definitions import ServiceDefinition, read_definition
from modules.frontdesk.errors import ServiceNotFound
from modules.frontdesk.models.guards import PublishedVersionStands

# Small values, some kilobytes each: a process that serves many towns keeps the hot ones and starts anew when full.
_MOST_DESIGNS = 2000
_designs: dict[tuple[str, UUID], ServiceDefinition] = {}


class Service(VersionedRow):
    """A service that the municipality offers, whatever its versions. `current` is the version in force."""

    code = models.CharField(_("code"), max_length=20)
    group = models.CharField(_("group"), max_length=30)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.CITIZEN)
    is_offered = models.BooleanField(_("offered"), default=True)
    current = models.ForeignKey(
        "frontdesk.ServiceVersion",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta(VersionedRow.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="frontdesk_service_code"),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values) & ~Q(code=""),
                name="frontdesk_service_choices",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        return self.current.title if self.current else self.code

    @property
    def in_force(self) -> ServiceVersion:
        """The version that new requests run on. Refuses `ServiceNotFound` before the first is published."""
        if self.current is None:
            raise ServiceNotFound()
        self.current.service = self
        return self.current


class ServiceVersion(Row):
    """A service as it was designed. Once published it never changes; requests run on it to their end."""

    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    title_ar = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, default="", blank=True)
    definition: Any = models.JSONField()
    in_force_from = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    note = models.TextField(default="", blank=True)

    class Meta(Row.Meta):
        verbose_name = _("service version")
        verbose_name_plural = _("service versions")
        triggers: ClassVar = [AuditTrail(), PublishedVersionStands()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "number"], name="frontdesk_version_number"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(in_force_from__isnull=False),
                name="frontdesk_version_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_ar} ({self.number})"

    @property
    def title(self) -> str:
        in_english = (get_language() or "ar").startswith("en")
        return self.title_en if in_english and self.title_en else self.title_ar

    @cached_property
    def design(self) -> ServiceDefinition:
        """The definition as typed values. What is published never changes, so a process reads it once."""
        if self.published_at is None:
            return read_definition(self.definition)
        name = current_schema(), self.uid
        design = _designs.get(name)
        if design is None:
            if len(_designs) >= _MOST_DESIGNS:
                _designs.clear()
            design = _designs[name] = read_definition(self.definition)
        return design
