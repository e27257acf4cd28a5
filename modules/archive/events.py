"""What happened in the archive: ids and values only."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events.declaring import event


@event("archive.RecordFiled")
@dataclass(frozen=True)
class RecordFiled:
    """A paper was filed under a subject ("request:<uid>"); filing it again there is no second event."""

    record_uid: str
    number: str
    type_code: str
    subject: str
    party_id: int | None
    is_confidential: bool
