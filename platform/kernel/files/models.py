"""Bytes once per municipality, and the names under which people handed them in."""

from __future__ import annotations

from typing import BinaryIO, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from kernel.db import AuditTrail, Guard, LogRow, append_only
from kernel.files.errors import FileDiscarded, FileMissing
from kernel.files.storage import BytesMissing, byte_store, key_for


class BlobStands(Guard):
    """What a content is never changes (BA014); only that its bytes were destroyed, or came back."""

    name = "blob_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR (NEW.id, NEW.sha256, NEW.size, NEW.media_type)
            IS DISTINCT FROM (OLD.id, OLD.sha256, OLD.size, OLD.media_type) THEN
            RAISE EXCEPTION 'content % stands as it was taken in', OLD.sha256 USING ERRCODE = 'BA014';
        END IF;
        RETURN NEW;
    """


class Blob(models.Model):
    """One content, once per municipality, known by its SHA-256."""

    id = models.BigAutoField(primary_key=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        triggers: ClassVar = [AuditTrail(), BlobStands()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sha256"], name="files_blob_once"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$") & Q(size__gt=0) & ~Q(media_type=""),
                name="files_blob_told",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256


class StoredFile(LogRow):
    """A file as somebody handed it in: a name, who and when, and its content. Never changed."""

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="files")
    name = models.TextField()
    # What came in, where a photograph was kept without the place and the device that stood in it.
    came_sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)
    uploaded_by = models.BigIntegerField(null=True)
    uploaded_by_name = models.TextField(default="")

    class Meta(LogRow.Meta):
        triggers: ClassVar = append_only()
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="files_storedfile_named"),
            models.CheckConstraint(
                condition=Q(came_sha256="") | Q(came_sha256__regex=r"^[0-9a-f]{64}$"),
                name="files_storedfile_came",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sha256(self) -> str:
        return self.blob.sha256

    @property
    def size(self) -> int:
        return self.blob.size

    @property
    def media_type(self) -> str:
        return self.blob.media_type

    def open(self) -> BinaryIO:
        """The bytes, to be closed by the reader. Refuses `FileDiscarded` and `FileMissing`."""
        if self.blob.discarded_at is not None:
            raise FileDiscarded(name=self.name)
        try:
            return byte_store().open(key_for(self.blob.sha256))
        except (BytesMissing, OSError) as error:
            raise FileMissing(name=self.name) from error

    def read(self) -> bytes:
        """All bytes at once; files are at most some tens of megabytes."""
        with self.open() as content:
            return content.read()
