"""Choices of the register of places."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

DUNUM_M2 = Decimal(1000)
# A survey corrects; a subdivision that gains more land than this is a mistake.
AREA_TOLERANCE = Decimal("1.01")


class LandKind(models.TextChoices):
    SETTLED = "settled", _("Settled (tabu)")
    FISCAL = "fiscal", _("Fiscal (maliyya)")
    UNREGISTERED = "unregistered", _("Unregistered")


class PremisesKind(models.TextChoices):
    BUILDING = "building", _("Building")
    FLAT = "flat", _("Flat")
    SHOP = "shop", _("Shop")
    OFFICE = "office", _("Office")
    WORKSHOP = "workshop", _("Workshop or store")
    STALL = "stall", _("Stall or kiosk")
    HALL = "hall", _("Hall")
    OTHER = "other", _("Other")


class LineageKind(models.TextChoices):
    SPLIT = "split", _("Subdivision")
    MERGE = "merge", _("Merging of parcels")
    RENUMBER = "renumber", _("New number")


class Relation(models.TextChoices):
    OWNER = "owner", _("Owner")
    OCCUPIER = "occupier", _("Occupier")
    TENANT = "tenant", _("Tenant")
    USUFRUCT = "usufruct", _("Holder of the use")
    MANAGER = "manager", _("Manager for the owners")
