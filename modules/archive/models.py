"""The register of the archive: one row for one paper under one subject. Bytes are the kernel's (`kernel.files`)."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, BumpVersion, Guard, VersionedRow
from modules.archive.constants import Retention


class RecordStands(Guard):
    """What was filed stays filed (BA060): its number, file, subject, origin, and who filed it when. No row goes.

    The title, the type, the sections, confidentiality and retention may be corrected; the trail tells by whom.
    """

    name = "record_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR (NEW.id, NEW.uid, NEW.number, NEW.file_id, NEW.subject, NEW.source_module,
                NEW.filed_on, NEW.filed_by, NEW.filed_by_name, NEW.created_at)
            IS DISTINCT FROM (OLD.id, OLD.uid, OLD.number, OLD.file_id, OLD.subject, OLD.source_module,
                OLD.filed_on, OLD.filed_by, OLD.filed_by_name, OLD.created_at) THEN
            RAISE EXCEPTION 'record % stands as it was filed', OLD.number USING ERRCODE = 'BA060';
        END IF;
        RETURN NEW;
    """


class NeverEmptied(Guard):
    """The register is not truncated either (BA060)."""

    name = "never_emptied"
    when = pgtrigger.Before
    operation = pgtrigger.Truncate
    level = pgtrigger.Statement
    func = "RAISE EXCEPTION 'the register of the archive is never emptied' USING ERRCODE = 'BA060'; RETURN NULL;"


class Record(VersionedRow):
    """A filed paper: the same file under the same subject is one record, however often it is handed over.

    `subject` is what it belongs to ("request:<uid>", "party:7"; empty for a paper on its own). `section_ids` are the
    sections that see it. `dated_on` is the paper's own day, from which retention counts, never the day of the scan.
    """

    number = models.CharField(max_length=20, db_collation="C")
    title = models.CharField(max_length=240)
    type_code = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, default="", blank=True, db_collation="C")
    party = models.ForeignKey(
        "parties.Party", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    section_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    is_confidential = models.BooleanField(default=False)
    source_module = models.CharField(max_length=40)
    dated_on = models.DateField()
    filed_on = models.DateField()
    filed_by = models.BigIntegerField(null=True)
    filed_by_name = models.CharField(max_length=160, default="")
    retention = models.CharField(max_length=12, choices=Retention.choices)
    keep_until = models.DateField(null=True)
    search_words = models.GeneratedField(
        expression=Func(F("title"), function="extensions.fold_arabic_words"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    class Meta(VersionedRow.Meta):
        verbose_name = _("record")
        verbose_name_plural = _("records")
        triggers: ClassVar = [
            AuditTrail(hidden=("search_words",)),
            BumpVersion(),
            RecordStands(),
            NeverEmptied(),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="archive_record_number"),
            models.UniqueConstraint(fields=["subject", "file"], name="archive_record_once"),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(title="") & ~Q(type_code="") & ~Q(source_module=""),
                name="archive_record_told",
            ),
            models.CheckConstraint(
                condition=Q(retention=Retention.PERMANENT, keep_until=None)
                | Q(retention=Retention.FINANCE, keep_until__gte=F("dated_on")),
                name="archive_record_retention",
            ),
            models.CheckConstraint(
                condition=Q(dated_on__lte=F("filed_on")), name="archive_record_dated"
            ),
        ]
        indexes: ClassVar = [
            # Words of the title, and the sections of those who look, in one index.
            GinIndex(
                fields=["search_words", "section_ids"],
                fastupdate=False,
                name="archive_record_words",
            ),
            models.Index(fields=["party", "-id"], name="archive_record_party"),
            models.Index(fields=["type_code", "-id"], name="archive_record_type"),
            # Rows lie in the order of filing.
            BrinIndex(fields=["filed_on"], name="archive_record_filed"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def subject_ref(self) -> str:
        """How holds name this record."""
        return f"record:{self.uid}"
