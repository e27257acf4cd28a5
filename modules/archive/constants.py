"""Names and choices of the archive."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

MODULE_CODE = "archive"
NUMBER_SERIES = "archive.record"

READ = "archive.read"
READ_ALL = "archive.read_all"
READ_CONFIDENTIAL = "archive.read_confidential"
FILE = "archive.file"

# The effect of a hold that keeps a paper from being destroyed (a court's, an auditor's).
DISPOSAL = "disposal"

# Papers whose type this module declares follow the years of ARC-02; it is a value here, never an import.
FINANCE = "finance"


class Retention(models.TextChoices):
    PERMANENT = "permanent", _("kept for good")
    FINANCE = "finance", _("financial paper")
