"""Open a request, with its papers, and submit it in one go: what a programme or a citizen's device sends whole.

The desk does the same in steps (`draft`, `papers`, `submit`), by the same rules and with the same rows. Here nothing is
read back, and everything is written in two messages, one before the number and one with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.db import reserve_ids, write_rows
from kernel.files.models import StoredFile
from kernel.viewer import Viewer
from modules.frontdesk.models import Request, RequestPaper, RequestStep
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.gates import gates_of
from modules.frontdesk.services.draft import Persons, new_request
from modules.frontdesk.services.papers import new_paper
from modules.frontdesk.services.submit import Submission, accept, verdicts


@dataclass(frozen=True)
class PaperInput:
    """A stored file under the paper that the service asks for."""

    requirement: str
    file: StoredFile
    document_type: str = ""
    issued_on: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Opening(Submission):
    """The submission with the papers that came with it, and its route where nothing else came of it."""

    papers: tuple[RequestPaper, ...] = ()
    steps: tuple[RequestStep, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all there is of the request is here: no fee was charged, nothing paused its clock."""
        return bool(self.steps)


def open_request(
    service_code: str,
    *,
    persons: Persons,
    answers: Mapping[str, Any] | None = None,
    papers: Sequence[PaperInput] = (),
    contact_phone: str = "",
    is_hidden: bool = False,
    channel: str,
    provisional_number: str = "",
    taken_at: datetime | None = None,
    by: Viewer,
) -> Opening:
    """Judge what is asked and, if nothing stops it, number it, promise a date and open its route.

    What a gate stops stays a draft with its papers and the verdicts. Refuses `ServiceNotFound`, `ServiceSwitchedOff`,
    `AnswersInvalid`, `PaperUnknown`, and `SectionMissing` for a route that leads nowhere. `provisional_number` and
    `taken_at` are of a request that was taken without a line, before it came here.
    """
    with recorded(by=by):
        request = new_request(
            service_code,
            persons=persons,
            answers=answers,
            contact_phone=contact_phone,
            channel=channel,
            is_hidden=is_hidden,
            by=by,
        )
        request.provisional_number = provisional_number
        handed_in = [
            new_paper(
                request,
                requirement=one.requirement,
                file=one.file,
                document_type=one.document_type,
                issued_on=one.issued_on,
                valid_until=one.valid_until,
                by=by,
            )
            for one in papers
        ]
        gates = gates_of(asked_of(request, on=today(), papers=handed_in))
        kept = verdicts(request, gates, by=by)
        steps: list[RequestStep] = []
        if any(gate.blocks for gate in gates):
            (request.pk,) = reserve_ids((Request, 1))[0]
            write_rows([request], handed_in, kept)
        else:
            steps = accept(request, beside=[handed_in, kept], taken_at=taken_at, by=by)
    return Opening(request, tuple(gates), tuple(handed_in), tuple(steps))
