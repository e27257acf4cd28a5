"""The one row in which a municipality describes itself."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.db import VersionedRow

ONLY_ID = 1


class Region(models.TextChoices):
    WEST_BANK = "WB", _("West Bank")
    GAZA = "GS", _("Gaza Strip")


class Dialect(models.TextChoices):
    GAZA = "gaza", _("Gaza words")
    WEST_BANK = "west_bank", _("West Bank words")


class Kind(models.TextChoices):
    MUNICIPALITY = "municipality", _("Municipality")
    VILLAGE_COUNCIL = "village_council", _("Village council")
    JOINT_COUNCIL = "joint_council", _("Joint services council")
    HUB = "hub", _("Programme hub")


class MonthNames(models.TextChoices):
    LEVANTINE = "levantine", _("Levantine (kanun, shubat)")
    GREGORIAN = "gregorian", _("Gregorian (yanayir, fabrayir)")
    BOTH = "both", _("Both")


class Digits(models.TextChoices):
    WESTERN = "western", _("0123456789")
    ARABIC_INDIC = "arabic_indic", _("٠١٢٣٤٥٦٧٨٩")


class Stage(models.TextChoices):
    PROSPECT = "prospect", _("Prospect")
    ONBOARDING = "onboarding", _("Coming on board")
    TRAINING = "training", _("Training")
    LIVE = "live", _("Live")
    SUSPENDED = "suspended", _("Suspended")
    ARCHIVED = "archived", _("Archived")


def friday_and_saturday() -> list[int]:
    return [5, 6]


class Profile(VersionedRow):
    """The municipality's names, place, classes, calendar habits and face.

    Three classes, never one: the ministry's administrative class, the class in the fee schedules,
    and the MDLF rank are decided by three bodies and differ.
    """

    name_ar = models.CharField(_("name in Arabic"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True, default="")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.MUNICIPALITY)
    region = models.CharField(_("region"), max_length=2, choices=Region.choices)
    dialect = models.CharField(_("dialect"), max_length=10, choices=Dialect.choices)
    governorate_ar = models.CharField(max_length=60, blank=True, default="")
    governorate_en = models.CharField(max_length=60, blank=True, default="")
    admin_class = models.CharField(_("administrative class"), max_length=8, blank=True, default="")
    fee_class = models.CharField(_("fee class"), max_length=8, blank=True, default="")
    mdlf_rank = models.CharField(_("MDLF rank"), max_length=8, blank=True, default="")
    timezone = models.CharField(_("time zone"), max_length=40, default="Asia/Hebron")
    weekend = ArrayField(models.SmallIntegerField(), default=friday_and_saturday)
    month_names = models.CharField(
        _("names of months"),
        max_length=10,
        choices=MonthNames.choices,
        default=MonthNames.LEVANTINE,
    )
    digits = models.CharField(
        _("digits"), max_length=12, choices=Digits.choices, default=Digits.WESTERN
    )
    emblem = models.UUIDField(_("emblem"), null=True, blank=True)
    primary_colour = models.CharField(_("colour"), max_length=7, default="#1f5f4a")
    letterhead = models.JSONField(_("letterhead lines"), default=list, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    address_ar = models.CharField(_("address"), max_length=200, blank=True, default="")
    website = models.URLField(_("website"), blank=True, default="")
    public_base_url = models.URLField(_("public address of the system"), blank=True, default="")
    stage = models.CharField(
        _("stage"), max_length=12, choices=Stage.choices, default=Stage.ONBOARDING
    )
    is_demo = models.BooleanField(_("demonstration"), default=False)
    seeds_mark = models.TextField(default="", db_default="", editable=False)
    """Which seeds were planted last (`kernel.profile.planting`): a release brings what is new since."""

    class Meta(VersionedRow.Meta):
        verbose_name = _("profile")
        verbose_name_plural = _("profile")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=ONLY_ID), name="profile_only_one"),
            models.CheckConstraint(
                condition=Q(region__in=Region.values) & Q(dialect__in=Dialect.values),
                name="profile_region_and_dialect",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values)
                & Q(month_names__in=MonthNames.values)
                & Q(digits__in=Digits.values)
                & Q(stage__in=Stage.values),
                name="profile_choices",
            ),
            models.CheckConstraint(
                condition=Q(primary_colour__regex=r"^#[0-9a-f]{6}$"),
                name="profile_colour",
            ),
            models.CheckConstraint(
                condition=Q(weekend__contained_by=[1, 2, 3, 4, 5, 6, 7]) & Q(weekend__len__lt=7),
                name="profile_weekend",
            ),
            models.CheckConstraint(condition=~Q(name_ar=""), name="profile_named"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        in_english = (get_language() or "ar").startswith("en")
        return self.name_en if in_english and self.name_en else self.name_ar

    @property
    def governorate(self) -> str:
        in_english = (get_language() or "ar").startswith("en")
        return self.governorate_en if in_english and self.governorate_en else self.governorate_ar
