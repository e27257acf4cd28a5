"""What every table of a municipality is built from: ids, versions, and guards that live in the database."""

from kernel.db.ready import ReadyQuery, Slot, any_of
from kernel.db.rows import LogRow, Row, VersionedRow, uuid7
from kernel.db.triggers import AppendOnly, AuditTrail, BumpVersion, Guard, append_only
from kernel.db.writing import reserve_ids, write_rows

__all__ = [
    "AppendOnly",
    "AuditTrail",
    "BumpVersion",
    "Guard",
    "LogRow",
    "ReadyQuery",
    "Row",
    "Slot",
    "VersionedRow",
    "any_of",
    "append_only",
    "reserve_ids",
    "uuid7",
    "write_rows",
]
