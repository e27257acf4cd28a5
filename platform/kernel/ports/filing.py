"""File a paper in the archive. Provided by the archive; without it the kernel keeps the bytes and says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kernel.viewer import Viewer


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
        return ""

    @staticmethod
    def absent() -> FilingPort:
        return _KernelKeepsTheBytes()
