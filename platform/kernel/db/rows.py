"""Abstract rows: every table of a municipality descends from one of these."""

from __future__ import annotations

import uuid
from typing import ClassVar

import uuid_utils.compat
from django.db import models
from django.utils import timezone

from kernel.db.triggers import AuditTrail, BumpVersion, Guard, append_only


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562, version 7): the public id of a row; integers stay inside."""
    return uuid_utils.compat.uuid7()


class Row(models.Model):
    """A row with an inner bigint id, a public uid and an audit trail. Written inside `recorded(by=...)` only."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid7, editable=False, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
        triggers: ClassVar[list[Guard]] = [AuditTrail()]


class VersionedRow(Row):
    """A row that several people may change: `version` rises by one with each update, in the database."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Row.Meta):
        abstract = True
        triggers: ClassVar[list[Guard]] = [AuditTrail(), BumpVersion()]


class LogRow(models.Model):
    """A fact written once and never changed; it is its own trail."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid7, editable=False, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
        triggers: ClassVar[list[Guard]] = append_only()
