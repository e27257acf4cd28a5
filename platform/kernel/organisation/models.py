"""Sections, roles and who holds which of them, from when to when."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.db import Guard, Row


class SectionKind(models.TextChoices):
    COUNCIL = "council", _("Council")
    OFFICE = "office", _("Office")
    DEPARTMENT = "department", _("Department")
    SECTION = "section", _("Section")
    COMMITTEE = "committee", _("Committee")
    OUTSIDE = "outside", _("Outside body")


def in_readers_language(name_ar: str, name_en: str) -> str:
    in_english = (get_language() or "ar").startswith("en")
    return name_en if in_english and name_en else name_ar


class WriteLineage(Guard):
    """Writes the path of ids from the top to the row; refuses a section beneath itself (BA040)."""

    name = "lineage"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("parent_id")  # type: ignore[no-untyped-call]
    declare = [("above", "bigint[]")]  # noqa: RUF012  the base has it as an instance's
    func = """
        above := '{}';
        IF NEW.parent_id IS NOT NULL THEN
            EXECUTE format('SELECT lineage FROM %I.%I WHERE id = $1 FOR SHARE',
                TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO above USING NEW.parent_id;
            IF NEW.id = ANY(above) THEN
                RAISE EXCEPTION 'section % would lie beneath itself', NEW.id
                    USING ERRCODE = 'BA040';
            END IF;
        END IF;
        NEW.lineage := above || NEW.id;
        RETURN NEW;
    """


class CarryLineage(Guard):
    """When a section moves, those beneath it move with it, one level after the other."""

    name = "lineage_beneath"
    when = pgtrigger.After
    operation = pgtrigger.UpdateOf("parent_id")  # type: ignore[no-untyped-call]
    func = """
        IF NEW.lineage IS DISTINCT FROM OLD.lineage THEN
            EXECUTE format('UPDATE %I.%I SET parent_id = parent_id WHERE parent_id = $1',
                TG_TABLE_SCHEMA, TG_TABLE_NAME) USING NEW.id;
        END IF;
        RETURN NULL;
    """


class Section(Row):
    """A place in the organisation to which papers go; an outside body is one too.

    `lineage` is the path of ids from the top to this row, kept by the database, so that
    everything beneath a department is one comparison away.
    """

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    code = models.CharField(max_length=40)
    name_ar = models.CharField(_("name in Arabic"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True, default="")
    kind = models.CharField(
        _("kind"), max_length=12, choices=SectionKind.choices, default=SectionKind.SECTION
    )
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    position = models.PositiveSmallIntegerField(default=0)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    lineage = ArrayField(models.BigIntegerField(), default=list, editable=False)

    class Meta(Row.Meta):
        triggers: ClassVar = [*Row.Meta.triggers, WriteLineage(), CarryLineage()]
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("code",), name="organisation_section_code"),
            models.CheckConstraint(
                condition=Q(kind__in=SectionKind.values),
                name="organisation_section_kind",
            ),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name_ar=""),
                name="organisation_section_named",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self.name_ar, self.name_en)

    @property
    def is_outside(self) -> bool:
        return self.kind == SectionKind.OUTSIDE


class Role(Row):
    """A bundle of permissions with a name; rights attach to a role held in a section.

    `given` is all that the template of that code ever gave: what the municipality took out of `permissions` is in it
    and is not given again. `brought` is what the newest release added, until somebody saves the role.
    """

    code = models.CharField(max_length=60)
    name_ar = models.CharField(_("name in Arabic"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True, default="")
    permissions = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    is_template = models.BooleanField(default=False)
    given = ArrayField(models.CharField(max_length=80), default=list, db_default=[], editable=False)
    brought = ArrayField(
        models.CharField(max_length=80), default=list, db_default=[], editable=False
    )
    brought_at = models.DateTimeField(null=True, editable=False)

    class Meta(Row.Meta):
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("code",), name="organisation_role_code"),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name_ar=""), name="organisation_role_named"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self.name_ar, self.name_en)


def _days(starts_on: str = "starts_on", ends_on: str = "ends_on") -> Func:
    """The days from the first to the last, both counted; open at the end when there is none."""
    return Func(
        F(starts_on),
        F(ends_on),
        Value("[]"),
        function="daterange",
        output_field=models.TextField(),
    )


class Assignment(Row):
    """A seat: this person holds this role in this section from a day to a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="seats",
        db_index=False,
    )
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="seats")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="seats", db_index=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta(Row.Meta):
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="organisation_assignment_days",
            ),
            # The first column serves the look-up by user too.
            ExclusionConstraint(
                name="organisation_assignment_once",
                expressions=(
                    ("user", RangeOperators.EQUAL),
                    ("section", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id}@{self.section_id}"


class Delegation(Row):
    """One person lends his seats, or some of them, to another for stated days.

    Only seats held in one's own right are lent: what was lent cannot be lent on.
    """

    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="delegations_given",
        db_index=False,
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="delegations_held",
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    section = models.ForeignKey(
        Section,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    role = models.ForeignKey(
        Role,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    reason = models.CharField(_("reason"), max_length=300)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(Row.Meta):
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="organisation_delegation_days",
            ),
            models.CheckConstraint(
                condition=~Q(from_user=F("to_user")), name="organisation_delegation_two"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="organisation_delegation_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.from_user_id} > {self.to_user_id}"


class Absence(Row):
    """Days on which somebody is away, and who stands in for him."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="absences",
        db_index=False,
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="substitutions",
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta(Row.Meta):
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="organisation_absence_days",
            ),
            models.CheckConstraint(
                condition=Q(substitute__isnull=True) | ~Q(substitute=F("user")),
                name="organisation_absence_two",
            ),
            ExclusionConstraint(
                name="organisation_absence_once",
                expressions=(
                    ("user", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ),
                condition=Q(cancelled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_on}"
