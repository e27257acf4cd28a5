"""Papers that left the house, and the copies of them."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from kernel.db import AuditTrail, Guard, LogRow, Row, append_only


class IssuedStands(Guard):
    """What a paper says never changes (BA015); it can be revoked, once."""

    name = "issued_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
            OR to_jsonb(NEW) - '{revoked_at,revoked_by,revoked_by_name,revoked_reason}'::text[]
            IS DISTINCT FROM to_jsonb(OLD) - '{revoked_at,revoked_by,revoked_by_name,revoked_reason}'::text[] THEN
            RAISE EXCEPTION 'issued document % can only be revoked, once', OLD.id USING ERRCODE = 'BA015';
        END IF;
        RETURN NEW;
    """


class IssuedDocument(Row):
    """A numbered paper with its PDF, the facts anybody may verify, and all that a copy needs.

    `subject` is what it is about ("request:<uid>", "lease:<uid>"); `head` the letterhead of that
    day, so that a copy made years later looks as the original did.
    """

    code = models.CharField(max_length=16, editable=False)
    kind = models.TextField()
    number = models.TextField(default="")
    title = models.TextField()
    party_id = models.BigIntegerField(null=True)
    subject = models.TextField(default="")
    facts = models.JSONField(default=list)
    issued_on = models.DateField()
    valid_until = models.DateField(null=True)
    issued_by = models.BigIntegerField(null=True)
    issued_by_name = models.TextField(default="")
    file = models.ForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, related_name="issued_documents"
    )
    template = models.TextField()
    data = models.JSONField(default=dict)
    head = models.JSONField(default=dict)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.BigIntegerField(null=True)
    revoked_by_name = models.TextField(default="")
    revoked_reason = models.TextField(default="")

    class Meta(Row.Meta):
        triggers: ClassVar = [AuditTrail(hidden=("data", "head")), IssuedStands()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="printing_issued_code"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-HJKMNP-TV-Z]{16}$")
                & ~Q(kind="")
                & ~Q(title="")
                & ~Q(template=""),
                name="printing_issued_told",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("issued_on")),
                name="printing_issued_validity",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_reason="")),
                name="printing_issued_revoked_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["party_id", "-id"], name="printing_issued_party"),
            models.Index(fields=["subject", "-id"], name="printing_issued_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None


class Reprint(LogRow):
    """A marked copy that was printed: which, why and by whom. The original is number 1."""

    document = models.ForeignKey(
        IssuedDocument, on_delete=models.PROTECT, related_name="reprints", db_index=False
    )
    copy_number = models.PositiveSmallIntegerField()
    reason = models.TextField()
    printed_by = models.BigIntegerField(null=True)
    printed_by_name = models.TextField(default="")

    class Meta(LogRow.Meta):
        triggers: ClassVar = append_only()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "copy_number"], name="printing_reprint_counted"
            ),
            models.CheckConstraint(
                condition=Q(copy_number__gte=2) & ~Q(reason=""), name="printing_reprint_told"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.copy_number}"
