"""Submission: the gates judge, each verdict is kept, and a request that passes gets its number and its route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.clock import Clock
from kernel.calendar.selectors import today, working_calendar
from kernel.db import reserve_ids, write_rows
from kernel.errors import InvalidInput
from kernel.events.services import outbox_row, relay_soon
from kernel.notifications.services import notify
from kernel.numbering.services import take
from kernel.organisation.models import Section
from kernel.organisation.selectors import who_may
from kernel.policies.models import Decision as PolicyDecision
from kernel.policies.models import Override
from kernel.policies.selectors import decisions_on, value
from kernel.policies.services import decision_row, override_decision
from kernel.viewer import Viewer
from modules.frontdesk.constants import (
    NUMBER_SERIES,
    Channel,
    GateCode,
    GateOutcome,
    OnlineState,
    Verb,
)
from modules.frontdesk.errors import (
    NothingStopsIt,
    OverrideNotAllowed,
    OverrideTooLong,
    ReasonRequired,
    RequestNotFound,
)
from modules.frontdesk.events import RequestSubmitted
from modules.frontdesk.models import Request, RequestPaper, RequestStep
from modules.frontdesk.progress import Facts, state_of
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.clock_days import days_of_service, start_of
from modules.frontdesk.selectors.gates import (
    DUES_AT_ISSUE,
    Gate,
    gates_of,
    point_of,
    with_overrides,
)
from modules.frontdesk.selectors.offline import when_taken
from modules.frontdesk.selectors.online import counts_from
from modules.frontdesk.services.fees import assess_flat_fees, charge_fees, fees_settled
from modules.frontdesk.services.offline_clock import begins
from modules.frontdesk.services.online_settling import lock_waiting, settle_online
from modules.frontdesk.services.papers import file_paper
from modules.frontdesk.services.recording import (
    entry,
    facts_of_step,
    lock_draft,
    lock_request,
    note,
    remember_last,
    settle,
    told,
)
from modules.frontdesk.services.route import (
    arrival,
    open_next,
    open_planned_first,
    plan_route,
    start_payment_pause,
)

OFFICES = ("mayor_office", "municipal_director")


@dataclass(frozen=True)
class Submission:
    """What came of it: the request with its number, or the gates that stopped it. The verdicts are kept either way."""

    request: Request
    gates: tuple[Gate, ...]

    @property
    def accepted(self) -> bool:
        return self.request.submitted_at is not None

    @property
    def stopped_by(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.gates if gate.blocks)


def submit_request(uid: UUID | str, *, seen: int | None = None, by: Viewer) -> Submission:
    """Judge the draft and, if nothing stops it, number it, promise a date and open its route.

    Does not raise when a gate stops it: the verdict must be kept, so it is told in the `Submission`. Refuses
    `NotADraft`, `RequestChanged`, and `SectionMissing` for a route that leads nowhere.
    """
    by.require("frontdesk.open")
    with recorded(by=by):
        request = lock_draft(uid, by=by, seen=seen)
        online = lock_waiting(request) if request.channel == Channel.WEB else None
        asked = asked_of(request, on=today())
        gates = with_overrides(gates_of(asked), subject=request.subject_ref, on=asked.on)
        kept = verdicts(request, gates, by=by)
        if any(gate.blocks for gate in gates):
            write_rows(kept)
        else:
            counted_from = counts_from(online) if online else None
            accept(request, beside=[kept], counted_from=counted_from, by=by)
            if online is not None:
                settle_online(online, OnlineState.ACCEPTED, number=request.number or "", by=by)
    return Submission(request, tuple(gates))


def let_pass(
    uid: UUID | str,
    *,
    gate: str,
    authority: str,
    reason: str,
    until: date | None = None,
    by: Viewer,
) -> Override:
    """Let a stopped draft pass a gate on one's own authority and for a reason (policy GOV-05): today only, or until
    a day within policy FRD-04's days. After submission it opens the printing that dues stopped.

    Papers and fees are not let pass this way (a paper is waived, a fee exempted). Refuses `OverrideNotAllowed`
    for one's own draft, `ReasonRequired`, and `RequestNotFound` when no such verdict was kept.
    """
    if not reason.strip():
        raise ReasonRequired()
    if gate in (GateCode.PAPERS, GateCode.FEE):
        raise InvalidInput(field="gate")
    most = int(value("FRD-04.override_most_days", on=today()).value)
    expires_on = until or today()
    if (expires_on - today()).days > most:
        raise OverrideTooLong(days=most)
    with recorded(by=by, reason=reason):
        request = lock_request(uid, by=by)
        if request.opened_by_id is not None and request.opened_by_id == by.user_id:
            raise OverrideNotAllowed()
        verdict = stopped_at(request, gate, by=by)
        if verdict is None:
            raise RequestNotFound()
        override = override_decision(
            verdict, authority=authority, reason=reason, expires_on=expires_on, by=by
        )
        if not request.is_draft:
            note(request, Verb.GATE_OVERRIDDEN, by=by, text=reason, gate=gate)
            request.save()
    return override


def ask_to_let_pass(uid: UUID | str, *, gate: str, text: str = "", by: Viewer) -> int:
    """Ask those who may open the gate, by their bell, to look at a stopped draft. Returns how many were asked.

    Refuses `NothingStopsIt` when no such verdict was kept.
    """
    by.require("frontdesk.open")
    with recorded(by=by, reason=text):
        request = lock_request(uid, by=by)
        if stopped_at(request, gate, by=by) is None:
            raise NothingStopsIt()
        asked = [one for one in _who_may_let_pass(request) if one != by.user_id]
        with in_language("ar"):
            words = _(
                "%(name)s asks you to let a request pass: %(service)s (%(gate)s). %(text)s"
            ) % {
                "name": by.name,
                "service": request.design.title.ar,
                "gate": GateCode(gate).label,
                "text": text.strip(),
            }
        notify(
            asked,
            verb="frontdesk.let_pass_asked",
            text=words.strip(),
            url=f"/frontdesk/drafts/{request.uid}/check",
            by=by,
        )
    return len(asked)


def stopped_at(request: Request, gate: str, *, by: Viewer) -> PolicyDecision | None:
    """The newest verdict of a gate: at the desk, or, once the request runs, where its paper is printed."""
    points = [point_of(gate)]
    if not request.is_draft and gate == GateCode.DUES:
        points.insert(0, DUES_AT_ISSUE)
    kept = (decisions_on(by, request.subject_ref, point=one).first() for one in points)
    return next((one for one in kept if one is not None), None)


def _who_may_let_pass(request: Request) -> list[int]:
    """Holders of the authority where the service is decided, else at the mayor's office, else at the director's."""
    deciding = request.design.deciding_step
    codes = [deciding.section] if deciding else []
    sections = Section.objects.in_bulk([*codes, *OFFICES], field_name="code")
    for code in (*codes, *OFFICES):
        people = (
            list(who_may("policies.override", sections[code]).values_list("id", flat=True))
            if code in sections
            else []
        )
        if people:
            return people
    return []


def verdicts(request: Request, gates: Sequence[Gate], *, by: Viewer) -> list[PolicyDecision]:
    """What each gate decided, from what and under which policy; not written yet."""
    return [
        decision_row(
            point_of(gate.code),
            subject=request.subject_ref,
            outcome=str(GateOutcome(gate.outcome)),
            inputs=gate.inputs,
            answers=gate.answers,
            reasons=[one.kept() for one in gate.reasons],
            basis_date=today(),
            by=by,
        )
        for gate in gates
    ]


def accept(
    request: Request,
    *,
    beside: Sequence[Sequence[Model]],
    taken_at: datetime | None = None,
    counted_from: date | None = None,
    by: Viewer,
) -> list[RequestStep]:
    """Number the request and open its route; `beside` are rows that are written with it. The promised days count from
    today, or from an earlier day on which it came in (taken offline, or sent from the web).

    Whoever takes a number makes all others of the year wait until the transaction ends. So what does not need it
    is written before, in one message, and what carries it after, in another. Returns the route where it is all that
    came of it, nothing where fees are taken before work begins.
    """
    on, intake_fees = today(), any(one.when == "at_intake" for one in request.design.fees)
    is_new = request.pk is None
    if request.provisional_number and taken_at is None:
        taken_at = when_taken(request)
    begun = begins(taken_at) if taken_at else counted_from or on
    request.submitted_at, request.submitted_on = timezone.now(), begun
    request.days_allowed = days_of_service(request.service_version, on=today())
    start = start_of(request) or begun
    request.promised_on = Clock(working_calendar(), start, request.days_allowed).due_on()
    steps = plan_route(request)
    opened = [] if intake_fees else open_planned_first(steps)
    request.show_to(section_ids=[one.section_id for one in steps])
    request.state = state_of(
        Facts(submitted=True, steps=tuple(facts_of_step(one) for one in steps))
    )
    entries = [
        *(
            [entry(request, Verb.TAKEN_OFFLINE, by=by, text=_as_taken(request, taken_at))]
            if taken_at
            else []
        ),
        entry(request, Verb.SUBMITTED, by=by),
        *(entry(request, Verb.STEP_OPENED, by=by, step=one) for one in opened),
    ]
    remember_last(request, entries)
    own, of_steps = reserve_ids((Request, 1 if is_new else 0), (RequestStep, len(steps)))
    if is_new:
        (request.pk,) = own
    for step, number in zip(steps, of_steps, strict=True):
        step.pk = number
    write_rows(*beside, steps, entries)
    issued = take(NUMBER_SERIES, year=on.year, by=by)
    request.number, request.number_year, request.number_seq = issued.text, on.year, issued.number
    facts = [
        *(arrival(request, one) for one in opened),
        RequestSubmitted(
            request_uid=str(request.uid),
            number=issued.text,
            service_code=request.service_version.service.code,
            party_id=request.told_party_id,
            channel=request.channel,
            submitted_on=begun,
            promised_on=request.promised_on,
        ),
    ]
    outgoing = [outbox_row(one, by=by) for one in facts]
    if is_new:
        write_rows([request], outgoing)
    else:
        request.save()
        write_rows(outgoing)
    relay_soon()
    if not opened:
        _take_intake_fees(request, steps, by=by)
    return steps if opened else []


def _as_taken(request: Request, taken_at: datetime) -> str:
    """What the trail says of it: the provisional number and when the citizen stood at the desk."""
    return f"{request.provisional_number} · {told(taken_at)}"


def _take_intake_fees(request: Request, steps: list[RequestStep], *, by: Viewer) -> None:
    """Charge what is paid before work begins; the route opens when it is settled."""
    if assess_flat_fees(request, when="at_intake"):
        charge_fees(request, by=by)
    if fees_settled(request):
        open_next(request, steps, by=by)
    else:
        start_payment_pause(request, by=by)
    settle(request, by=by, steps=steps)


def file_papers(request_uid: UUID | str, *, by: Viewer) -> int:
    """Hand the papers of a submitted request to the archive, those that it does not have yet. Returns how many."""
    filed = 0
    with recorded(by=by):
        request = lock_request(request_uid, by=by)
        for paper in RequestPaper.objects.filter(
            request=request, filing_ref="", file__isnull=False
        ):
            reference = file_paper(request, paper, by=by)
            if reference:
                paper.filing_ref = reference
                paper.save()
                filed += 1
    return filed
