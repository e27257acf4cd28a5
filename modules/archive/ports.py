"""The archive's answer to other modules: file a paper. Whoever files through here has judged by its own rights."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.viewer import Viewer
from modules.archive.services import file_document


class Filing:
    """Answers `kernel.ports.filing.FilingPort`."""

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
        """File once; the same file under the same subject again gives the same record's uid."""
        record = file_document(
            file_id=file_id,
            title=title,
            type_code=type_code,
            subject=subject,
            party_id=party_id,
            confidential=confidential,
            section_ids=section_ids,
            by=by,
        )
        return str(record.uid)

    @staticmethod
    def absent() -> Filing:
        return Filing()
