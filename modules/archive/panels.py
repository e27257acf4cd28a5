"""What the archive shows on a person's page."""

from __future__ import annotations

from kernel.manifest import PanelContent
from kernel.parties.selectors import ids_of
from kernel.viewer import Viewer
from modules.archive.constants import FILE
from modules.archive.selectors import records_of_party

SHOWN = 30


def papers_of_party(viewer: Viewer, subject_id: int) -> PanelContent:
    """Papers of the person and of every record merged into it, newest first."""
    rows = list(records_of_party(viewer, ids_of(subject_id))[: SHOWN + 1])
    return PanelContent(
        template="archive/panels/papers.html",
        context={"records": rows[:SHOWN], "more": len(rows) > SHOWN, "may_file": viewer.may(FILE)},
        count=len(rows[:SHOWN]),
    )
