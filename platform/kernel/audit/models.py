"""The audit trail and its seals."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from kernel.db.triggers import append_only


class AuditEntry(models.Model):
    """One change of one row: what, by whom, in which name, why, by which request. Written by triggers only."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    table_name = models.TextField()
    row_id = models.TextField()
    operation = models.TextField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.TextField(default="")
    channel = models.TextField(default="")
    on_behalf_of = models.BigIntegerField(null=True)
    reason = models.TextField(default="")
    request_id = models.TextField(default="")
    transaction_id = models.BigIntegerField(null=True)
    before: Any = models.JSONField(null=True)
    after: Any = models.JSONField(null=True)

    class Meta:
        db_table = "audit_entry"
        indexes: ClassVar = [
            models.Index(fields=["table_name", "row_id", "id"], name="audit_entry_row"),
            models.Index(fields=["actor_id", "id"], name="audit_entry_actor"),
        ]
        triggers: ClassVar = append_only()


class AuditSeal(models.Model):
    """A batch of entries bound to the one before it: altering, removing or inserting an entry breaks the chain.

    `digest` is SHA-256 over the previous seal's digest and the batch's entries in order of id. Sealing runs
    after the fact, in batches, so that writers never wait for one another.
    """

    id = models.BigAutoField(primary_key=True)
    sealed_at = models.DateTimeField()
    first_entry = models.BigIntegerField()
    last_entry = models.BigIntegerField()
    entries = models.PositiveIntegerField()
    digest = models.TextField()

    class Meta:
        db_table = "audit_seal"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first_entry"], name="audit_seal_first_entry"),
            models.CheckConstraint(
                condition=models.Q(last_entry__gte=models.F("first_entry")), name="audit_seal_span"
            ),
        ]
        triggers: ClassVar = append_only()
