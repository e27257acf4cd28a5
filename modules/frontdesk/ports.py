"""The front desk's answers to other modules: open a request, complete its step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.parties.models import Party
from kernel.ports.requests import RequestRef
from kernel.viewer import Viewer
from modules.frontdesk.constants import Channel, StepOutcome, StepState
from modules.frontdesk.errors import StepNotFound
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import Persons, complete_step, open_draft, submit_request


class Requests:
    """Answers `kernel.ports.requests.RequestPort`."""

    def open_request(
        self, *, service_code: str, party_id: int | None, answers: Mapping[str, Any], by: Viewer
    ) -> RequestRef:
        """Open and submit a request; what a gate stops stays a draft and says so by having no number."""
        applicant = Party.objects.filter(pk=party_id).first() if party_id else None
        draft = open_draft(
            service_code,
            persons=Persons(applicant=applicant),
            answers=answers,
            channel=Channel.DESK,
            by=by,
        )
        return _ref(submit_request(draft.uid, by=by).request)

    def complete_step(
        self,
        *,
        request_uid: str,
        step_code: str,
        outcome: str = StepOutcome.DONE,
        text: str = "",
        by: Viewer,
    ) -> RequestRef:
        """Finish the open step of that code."""
        request = request_for(by, request_uid)
        step = RequestStep.objects.filter(
            request=request, code=step_code, state=StepState.OPEN
        ).first()
        if step is None:
            raise StepNotFound()
        return _ref(complete_step(request.uid, step.uid, outcome=outcome, text=text, by=by))


def _ref(request: Request) -> RequestRef:
    return RequestRef(
        uid=str(request.uid),
        number=request.number or "",
        state=request.state,
        service_code=request.service_version.service.code,
    )
