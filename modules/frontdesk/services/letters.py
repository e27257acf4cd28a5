"""Letters of a request while its clock stands still: an outside body is asked, the citizen is told what is missing."""

from __future__ import annotations

from uuid import UUID

from kernel.errors import NotVisible
from kernel.printing.services import render_pdf
from kernel.viewer import Viewer
from modules.frontdesk.constants import PauseKind
from modules.frontdesk.selectors.letters import outside_letter
from modules.frontdesk.selectors.missing import missing_letter
from modules.frontdesk.selectors.requests import pauses_of, request_for

WORK = "frontdesk.work"


def letter_of(
    viewer: Viewer, uid: UUID | str, pause: UUID | str, *, tracking_url: str = ""
) -> bytes:
    """The letter of that pause as PDF, ready to sign.

    Needs `frontdesk.work`. Refuses `NotVisible` for a pause that has no letter: one that waits for money.
    """
    viewer.require(WORK)
    found = request_for(viewer, uid)
    asked = next((one for one in pauses_of(found) if str(one.uid) == str(pause)), None)
    if asked is None or asked.kind not in (PauseKind.EXTERNAL, PauseKind.CITIZEN):
        raise NotVisible()
    if asked.kind == PauseKind.EXTERNAL:
        return render_pdf("letter", outside_letter(found, asked))
    address = f"{tracking_url}?number={found.number}" if tracking_url else ""
    data = missing_letter(found, asked, clerk=asked.started_by_name, tracking_url=address)
    return render_pdf("letter", data)
