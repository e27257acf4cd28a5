"""Choices of the register of parties."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartyKind(models.TextChoices):
    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")
    HEIRS = "heirs", _("Heirs")
    PUBLIC_BODY = "public_body", _("Public body")
    UNKNOWN = "unknown", _("Unknown person")


class IdKind(models.TextChoices):
    NATIONAL = "national", _("ID number")
    PASSPORT = "passport", _("Passport")
    COMPANY = "company", _("Company registration number")
    OTHER = "other", _("Other document")


class Gender(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")


class DuplicateReason(models.TextChoices):
    SAME_ID = "same_id", _("The same ID number")
    SAME_NAMES = "same_names", _("The same four names")
    SAME_NAMES_AND_PLACE = (
        "same_names_and_place",
        _("The same four names in the same neighbourhood"),
    )
    SAME_PHONE = "same_phone", _("The same phone and first name")


PERSONS = (PartyKind.PERSON, PartyKind.HEIRS)
BODIES = (PartyKind.ORGANISATION, PartyKind.PUBLIC_BODY)
HEIRS_OF = "ورثة"
NAMELESS = "مجهول"
