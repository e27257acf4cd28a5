"""Tracking by anybody who has the number and the telephone: plain words, nothing about persons, few tries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.utils.translation import gettext as _

from kernel.calendar.selectors import today
from kernel.parties.identifiers import keep_phone
from modules.frontdesk.constants import Decision, PauseKind, State, StepKind, Verb
from modules.frontdesk.errors import TooManyTries, TrackingFailed
from modules.frontdesk.models import Pause, Request, RequestFee, RequestStep, TrailEntry
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.numbers import meant_numbers
from modules.frontdesk.selectors.objecting import objection_ends
from modules.frontdesk.selectors.requests import steps_of

# A wrong telephone is tried few times per number; a whole service hall behind one address is not shut out.
TRIES_PER_NUMBER = 5
TRIES_PER_ADDRESS = 120
WINDOW_SECONDS = 900


@dataclass(frozen=True)
class Turn:
    """One stage in words for the citizen: behind, here, or ahead."""

    title: str
    state: str
    on: date | None = None


@dataclass(frozen=True)
class Tracked:
    """What the citizen learns."""

    number: str
    service: str
    sentence: str
    kind: str
    submitted_on: date | None
    promised_on: date | None
    turns: tuple[Turn, ...]
    todo: tuple[str, ...] = ()
    rateable: bool = False
    objection_until: date | None = None


def track_request(*, number: str, phone: str, address: str = "") -> Tracked:
    """The state of a request for whoever knows its number and its telephone.

    Refuses `TrackingFailed`, which never says which of the two was wrong, and `TooManyTries`.
    """
    return tracked(find_tracked(number=number, phone=phone, address=address))


def find_tracked(*, number: str, phone: str, address: str = "") -> Request:
    """The request itself, for whoever knows its number and its telephone. Refuses what `track_request` refuses."""
    numbers = meant_numbers(number) or [number.strip()]
    count_try(f"number:{numbers[0]}", TRIES_PER_NUMBER)
    count_try(f"address:{address}", TRIES_PER_ADDRESS)
    typed = keep_phone(phone).e164
    found = (
        Request.objects.select_related("service_version__service", "applicant")
        .filter(number__in=numbers)
        .first()
    )
    if found is None or not typed or typed not in phones_of(found):
        raise TrackingFailed()
    cache.delete(_key(f"number:{numbers[0]}"))
    return found


def phones_of(request: Request) -> set[str]:
    """Telephones by which the request is known: the one given for it, and the applicant's own."""
    phones = {request.contact_phone} if request.contact_phone else set()
    if request.applicant is not None:
        phones |= set(request.applicant.phones)
    return phones - {""}


def count_try(who: str, most: int, *, seconds: int = WINDOW_SECONDS) -> None:
    """One more try of somebody in the window. Refuses `TooManyTries` past the most allowed."""
    key = _key(who)
    if cache.add(key, 1, seconds):
        return
    try:
        tries = cache.incr(key)
    except ValueError:  # it ran out between the two lines
        return
    if tries is not None and tries > most:
        raise TooManyTries()


def _key(who: str) -> str:
    return f"frontdesk.track:{who.replace(' ', '_')}"


def _objection_until(request: Request) -> date | None:
    """The last day of an objection that is still open."""
    last = objection_ends(request)
    return last if last is not None and today() <= last else None


def tracked(request: Request) -> Tracked:
    """What the citizen learns of a request that was shown to be theirs."""
    steps = steps_of(request)
    sentence, kind, todo = _sentence(request)
    return Tracked(
        number=request.number or "",
        service=str(request.service_version.title),
        sentence=sentence,
        kind=kind,
        objection_until=_objection_until(request),
        submitted_on=request.submitted_on,
        promised_on=None if request.is_closed else request.promised_on,
        turns=_turns(steps),
        todo=todo,
        rateable=request.is_closed
        and not TrailEntry.objects.filter(request=request, verb=Verb.RATED).exists(),
    )


def _turns(steps: Sequence[RequestStep]) -> tuple[Turn, ...]:
    newest = {step.code: step for step in steps if step.state != "skipped"}
    states = {"done": "done", "open": "now", "planned": "waiting"}
    return tuple(
        Turn(one.title, states[one.state], one.done_at.date() if one.done_at else None)
        for one in newest.values()
    )


def _sentence(request: Request) -> tuple[str, str, tuple[str, ...]]:
    if request.state == State.CANCELLED:
        return _("The request was closed without a decision."), "neutral", ()
    if request.decision == Decision.REJECTED:
        return (
            _("The request was not approved: %(reason)s") % {"reason": request.decision_reason},
            "danger",
            (),
        )
    if request.is_closed:
        return _("The request is finished."), "ok", ()
    if request.state in (State.MISSING_ITEMS, State.WAITING_CITIZEN):
        return _("We are waiting for you. Please bring or correct:"), "warn", _missing(request)
    if request.state == State.WAITING_PAYMENT:
        fees = RequestFee.objects.filter(request=request, settled_at=None)
        return (
            _("We are waiting for your payment at the cash desk:"),
            "warn",
            tuple(f"{one.title_ar}: {one.amount.normalize():f} {one.currency}" for one in fees),
        )
    if request.state == State.WAITING_EXTERNAL:
        return _("We asked another body for its opinion and wait for the answer."), "info", ()
    if request.document_id is not None:
        return _("Your paper is ready. Come with your identity card."), "ok", ()
    if request.decision == Decision.APPROVED:
        return _("The request was approved and is being completed."), "ok", ()
    at = next(
        (one for one in steps_of(request) if one.is_open and one.kind != StepKind.FEE_COLLECTION),
        None,
    )
    if at is None:
        return _("The request was received."), "info", ()
    return _("Your request is being worked on: %(step)s.") % {"step": at.title}, "info", ()


def _missing(request: Request) -> tuple[str, ...]:
    pause = Pause.objects.filter(request=request, kind=PauseKind.CITIZEN, ended_at=None).first()
    if pause is None:
        return ()
    told = []
    for one in pause.deficiencies.filter(resolved_at=None).order_by("id"):
        what = paper_title(one.target) if one.target else one.get_kind_display()
        told.append(f"{what}: {one.note}" if one.note else str(what))
    return tuple(told)
