"""File a paper in the archive. Provided by the archive; without it the kernel keeps the bytes and notes what was to be filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kernel.events.declaring import event
from kernel.events.services import emit
from kernel.viewer import Viewer


@event("kernel.PaperKept")
@dataclass(frozen=True)
class PaperKept:
    """A paper was to be filed and nobody files here: what the archive needs to file it when it is switched on.

    `sections` are ids with commas between them.
    """

    file_id: int
    title: str
    type_code: str
    subject: str
    party_id: int | None
    confidential: bool
    sections: str


class FilingPort(Protocol):
    def file_document(
        self,
        *,
        file_id: int,
        title: str,
        type_code: str,
        subject: str,
        party_id: int | None,
        confidential: bool,
        section_ids: Sequence[int],
        by: Viewer,
    ) -> str:
        """File a stored file under a subject ("request:<uid>") for these sections. Gives the record's uid ("" if none)."""
        ...

    @staticmethod
    def absent() -> FilingPort:
        return _KernelKeepsTheBytes()


class _KernelKeepsTheBytes:
    def file_document(
        self,
        *,
        file_id: int,
        title: str,
        type_code: str,
        subject: str,
        party_id: int | None,
        confidential: bool,
        section_ids: Sequence[int],
        by: Viewer,
    ) -> str:
        emit(
            PaperKept(
                file_id=file_id,
                title=title,
                type_code=type_code,
                subject=subject,
                party_id=party_id,
                confidential=confidential,
                sections=",".join(str(one) for one in section_ids),
            ),
            by=by,
        )
        return ""

    @staticmethod
    def absent() -> FilingPort:
        return _KernelKeepsTheBytes()
