"""The citizen's writes on a request with a number: what was returned is mended and sent again; messages.

Whoever calls these has proved to hold a telephone of the request (`selectors.online.request_of_phone`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.events.services import emit
from kernel.files.kinds import PDF, PICTURES
from kernel.files.services import store_file
from kernel.notifications.services import notify
from kernel.organisation.selectors import staff_of
from kernel.viewer import Viewer
from modules.frontdesk.constants import PAPER_DEFICIENCIES, DeficiencyKind, StepState, Verb
from modules.frontdesk.errors import PaperUnknown, ReasonRequired, RequestClosed, StillADraft
from modules.frontdesk.errors.online import AnswerWanted, NothingAskedOfYou, PresenceNeeded
from modules.frontdesk.events import CitizenWrote
from modules.frontdesk.models import Deficiency, Request, RequestPaper, RequestStep
from modules.frontdesk.selectors.citizen import asked_of_citizen, wanted_of
from modules.frontdesk.selectors.tracking import count_try
from modules.frontdesk.services.draft import save_answers
from modules.frontdesk.services.online import on_the_web, require_room
from modules.frontdesk.services.papers import attach_paper
from modules.frontdesk.services.recording import lock_request, note
from modules.frontdesk.services.waiting import resubmit

MESSAGES_A_DAY = 10
MOST_WORDS = 2000
_DAY = 86400


def bring_paper(
    request: Request,
    *,
    deficiency: UUID | str,
    content: bytes | BinaryIO,
    name: str,
    document_type: str = "",
    by: Viewer,
) -> RequestPaper:
    """A scan or photo of a paper that the desk asked for. Refuses `NothingAskedOfYou`, `PaperUnknown` for another."""
    house = on_the_web(by)
    with recorded(by=house):
        wanted = _wanted(request, deficiency)
        if wanted.kind not in PAPER_DEFICIENCIES:
            raise PaperUnknown()
        require_room(request)
        stored = store_file(
            content, name, house, kinds=frozenset({PDF}) | PICTURES, without_traces=True
        )
        return attach_paper(
            request.uid,
            requirement=wanted.target or "other",
            document_type=document_type,
            file=stored,
            by=house,
        )


def mend_and_send(
    request: Request,
    *,
    answers: Mapping[str, Any] | None = None,
    words: Mapping[str, str] | None = None,
    by: Viewer,
) -> Request:
    """Answer what was asked and send the request again; the clock goes on.

    `answers` are new answers to the questions that were wrong, `words` what the citizen writes to a clarification,
    by the deficiency's uid. Refuses `NothingAskedOfYou`, `PresenceNeeded` while somebody must come, `AnswersInvalid`,
    `AnswerWanted` for a clarification without words, and `DeficienciesOpen` while a paper is missing.
    """
    house = on_the_web(by)
    said = {key: text.strip()[:MOST_WORDS] for key, text in (words or {}).items()}
    with recorded(by=house):
        asked = asked_of_citizen(request)
        if not asked:
            raise NothingAskedOfYou(number=request.number)
        if any(one.kind == DeficiencyKind.PRESENCE for one in asked):
            raise PresenceNeeded()
        targets = {one.target for one in asked if one.kind == DeficiencyKind.WRONG_ANSWER}
        new = {code: one for code, one in (answers or {}).items() if code in targets}
        if new:
            save_answers(request.uid, answers={**request.answers, **new}, by=house)
        mended, told = [], []
        brought = {str(one.deficiency.uid) for one in wanted_of(request) if one.brought}
        for one in asked:
            if one.kind in PAPER_DEFICIENCIES and one.target:
                continue
            if str(one.uid) in brought:
                mended.append(one.uid)
                continue
            text = said.get(str(one.uid), "")
            if one.kind == DeficiencyKind.WRONG_ANSWER and one.target in new:
                mended.append(one.uid)
            elif text:
                mended.append(one.uid)
                told.append(text)
            else:
                raise AnswerWanted(field=f"words-{one.uid}")
        return resubmit(request.uid, mended=mended, text="\n".join(told), by=house)


def write_to_desk(request: Request, *, text: str, by: Viewer) -> None:
    """A message of the citizen on their request; whoever works on it hears of it.

    Refuses `ReasonRequired` without words, `RequestClosed`, and `TooManyTries` past ten a day.
    """
    house = on_the_web(by)
    words = text.strip()[:MOST_WORDS]
    if not words:
        raise ReasonRequired(field="text")
    count_try(f"wrote:{request.pk}", MESSAGES_A_DAY, seconds=_DAY)
    with recorded(by=house):
        locked = lock_request(request.uid, by=house)
        if locked.is_draft:
            raise StillADraft()
        if locked.is_closed:
            raise RequestClosed(number=locked.number, state=locked.get_state_display())
        note(locked, Verb.CITIZEN_WROTE, by=house, text=words)
        locked.save()
        emit(CitizenWrote(str(locked.uid), locked.number or ""), by=house)
        with in_language("ar"):
            heard = _("The citizen wrote on request %(number)s.") % {"number": locked.number}
        notify(
            _who_works_on(locked),
            verb="frontdesk.citizen_wrote",
            text=heard,
            url=f"/frontdesk/requests/{locked.uid}#trail",
            by=house,
        )


def _wanted(request: Request, deficiency: UUID | str) -> Deficiency:
    found = next(
        (one for one in asked_of_citizen(request) if str(one.uid) == str(deficiency)), None
    )
    if found is None:
        raise NothingAskedOfYou(number=request.number)
    return found


def _who_works_on(request: Request) -> list[int]:
    """Those who have the open steps, else the staff of their sections, else who opened the request."""
    people: list[int] = []
    steps = RequestStep.objects.filter(request=request, state=StepState.OPEN)
    for step in steps.select_related("section").order_by("id"):
        if step.assignee_id is not None:
            people.append(step.assignee_id)
        else:
            people += staff_of(step.section).values_list("id", flat=True)
    if not people and request.opened_by_id is not None:
        people.append(request.opened_by_id)
    return people
