"""The citizen's writes before a request has a number: begun, said who, filled in, papers, sent. Nobody has an account.

Whoever calls these has proved to hold the telephone (`phone_codes`) and has found the row by it
(`selectors.online_of_phone`). The house writes on the citizen's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import local_date, today
from kernel.events.services import emit
from kernel.files.kinds import PDF, PICTURES
from kernel.files.services import store_file
from kernel.notifications.services import send_sms
from kernel.parties.identifiers import normalise_id_number
from kernel.policies.selectors import value
from kernel.profile.selectors import profile
from kernel.text import clean
from kernel.viewer import Viewer
from modules.frontdesk.constants import WITH_CITIZEN, Channel, IdentityMatch, OnlineState
from modules.frontdesk.errors.online import (
    ActsForNobody,
    DeclarationNeeded,
    NameNeeded,
    NotWithCitizen,
    OnlineIncomplete,
    OnlineNotFound,
    TooManyPapers,
)
from modules.frontdesk.events import OnlineRequestReceived
from modules.frontdesk.models import OnlineRequest, Request, RequestPaper
from modules.frontdesk.selectors.online import matched_party, missing_of, online_version
from modules.frontdesk.selectors.tracking import count_try
from modules.frontdesk.services.draft import Persons, discard_draft, open_draft, save_answers
from modules.frontdesk.services.papers import attach_paper, remove_paper
from modules.frontdesk.services.references import new_reference

MOST_PAPERS = 20
BEGUN_A_DAY = 10
_DAY = 86400
NAMES = ("given_name", "father_name", "grandfather_name", "family_name")


def begin_online(
    service_code: str, *, id_number: str, phone: str, acts_by: str = "", by: Viewer
) -> OnlineRequest:
    """A draft of that service for whoever proved to hold the telephone, or the one they left unfinished.

    Somebody on file with both the ID number and the telephone is its applicant; everybody else is verified by the
    desk later, and nothing tells the two kinds of strangers apart. `acts_by`: they ask for another, by that paper.
    Refuses `NotOnline`, `ActsForNobody`, `IdNumberNotUnderstood` and `TooManyTries`.
    """
    house = on_the_web(by)
    version = online_version(by, service_code)
    if acts_by and not version.design.applicant.agent:
        raise ActsForNobody()
    number = normalise_id_number(id_number)
    left = OnlineRequest.objects.filter(
        state=OnlineState.FILLING,
        phone=phone,
        id_number=number,
        request__service_version=version,
        request__acts_by=acts_by,
    )
    unfinished = left.order_by("-id").first()
    if unfinished is not None:
        return unfinished
    count_try(f"begun:{phone}", BEGUN_A_DAY, seconds=_DAY)
    person = matched_party(number, phone, by=house)
    with recorded(by=house):
        request = open_draft(
            service_code,
            persons=Persons(agent=person, acts_by=acts_by)
            if acts_by
            else Persons(applicant=person),
            contact_phone=phone,
            channel=Channel.WEB,
            by=house,
        )
        online = OnlineRequest(
            request=request,
            reference=new_reference(),
            id_number=number,
            phone=phone,
            match=IdentityMatch.PHONE if person else IdentityMatch.NONE,
        )
        online.save()
    return online


def say_who(uid: UUID | str, *, names: Mapping[str, str], address: str = "", by: Viewer) -> None:
    """The name of somebody who is not on file, as on the identity card. Refuses `NameNeeded`, `NotWithCitizen`."""
    typed = {one: clean(names.get(one, ""))[:60] for one in NAMES}
    if not typed["given_name"] or not typed["family_name"]:
        raise NameNeeded(field="family_name" if typed["given_name"] else "given_name")
    with recorded(by=on_the_web(by)):
        online = lock_with_citizen(uid)
        online.identity = {**online.identity, **typed, "address": clean(address)[:200]}
        online.save()


def fill_in(
    uid: UUID | str,
    *,
    answers: Mapping[str, Any],
    parcel: str = "",
    by: Viewer,
) -> Request:
    """Keep the answers, and the parcel as it was typed: the desk finds its record.

    Refuses `AnswersInvalid` and `NotWithCitizen`.
    """
    house = on_the_web(by)
    with recorded(by=house):
        online = lock_with_citizen(uid)
        kept = save_answers(
            online.request.uid,
            answers=answers,
            by=house,
        )
        typed = clean(parcel)[:60]
        if online.identity.get("parcel", "") != typed:
            online.identity = {**online.identity, "parcel": typed}
            online.save()
    return kept


def hand_in(
    uid: UUID | str,
    *,
    requirement: str,
    content: bytes | BinaryIO,
    name: str,
    document_type: str = "",
    by: Viewer,
) -> RequestPaper:
    """Keep a scan or photo under the paper it is. Refuses what files refuse, `PaperUnknown`, and `TooManyPapers`."""
    house = on_the_web(by)
    with recorded(by=house):
        online = lock_with_citizen(uid)
        require_room(online.request)
        stored = store_file(
            content, name, house, kinds=frozenset({PDF}) | PICTURES, without_traces=True
        )
        return attach_paper(
            online.request.uid,
            requirement=requirement,
            document_type=document_type,
            file=stored,
            by=house,
        )


def take_out(uid: UUID | str, *, paper_uid: UUID | str, by: Viewer) -> None:
    """Take a paper out again before it is sent. Refuses `PaperNotFound` and `NotWithCitizen`."""
    house = on_the_web(by)
    with recorded(by=house):
        online = lock_with_citizen(uid)
        remove_paper(online.request.uid, paper_uid=paper_uid, by=house)


def send_online(uid: UUID | str, *, declared: bool, by: Viewer) -> OnlineRequest:
    """Send it to the desk, once; sent a second time it stays as it is. It gets its number when the desk accepts it.

    Refuses `DeclarationNeeded`, `NameNeeded`, and `OnlineIncomplete` naming what is missing.
    """
    house = on_the_web(by)
    with recorded(by=house):
        online = _locked(uid)
        if online.state == OnlineState.WAITING:
            return online
        _require_with_citizen(online)
        if not declared:
            raise DeclarationNeeded()
        if online.match == IdentityMatch.NONE and not online.typed_name:
            raise NameNeeded()
        missing = missing_of(online)
        if missing:
            raise OnlineIncomplete(what=" ".join(missing))
        online.state = OnlineState.WAITING
        online.sent_at = timezone.now()
        online.submitted_at = online.submitted_at or online.sent_at
        online.deficiencies, online.text = [], ""
        online.save()
        emit(
            OnlineRequestReceived(
                request_uid=str(online.request.uid),
                reference=online.reference,
                service_code=online.request.service_version.service.code,
                match=str(online.match),
                received_on=local_date(online.sent_at),
                online_uid=str(online.uid),
            ),
            by=house,
        )
        with in_language("ar"):
            tell_online(
                online,
                _("Your request %(reference)s (%(service)s) arrived and is being checked.")
                % {
                    "reference": online.reference,
                    "service": online.request.design.title.ar,
                },
                by=house,
            )
    return online


def sweep_unsent(*, by: Viewer) -> int:
    """Throw away what was begun and never sent, after policy FRD-09's days. Rerunnable."""
    days = int(value("FRD-09.unsent_days", on=today()).value)
    before = timezone.now() - timedelta(days=days)
    swept = 0
    left = OnlineRequest.objects.filter(state=OnlineState.FILLING, created_at__lt=before)
    for online in left.select_related("request").order_by("id")[:500]:
        with recorded(by=by):
            online.delete()
            discard_draft(online.request.uid, by=by)
        swept += 1
    return swept


def tell_online(online: OnlineRequest, text: str, *, by: Viewer) -> None:
    """A text message about a request that has no number yet."""
    send_sms(
        phone=online.phone,
        text=f"{profile().name_ar}: {text}",
        about=online.request.subject_ref,
        by=by,
    )


def require_room(request: Request) -> None:
    """Refuses `TooManyPapers` past what anybody needs for one request."""
    if RequestPaper.objects.filter(request=request).count() >= MOST_PAPERS:
        raise TooManyPapers(limit=MOST_PAPERS)


def lock_with_citizen(uid: UUID | str) -> OnlineRequest:
    """The row, held until the transaction ends, while the citizen may change it. Refuses `NotWithCitizen`."""
    online = _locked(uid)
    _require_with_citizen(online)
    return online


def _require_with_citizen(online: OnlineRequest) -> None:
    if online.state not in WITH_CITIZEN:
        raise NotWithCitizen(reference=online.reference, state=online.get_state_display())


def _locked(uid: UUID | str) -> OnlineRequest:
    found = (
        OnlineRequest.objects.select_for_update(of=("self",))
        .select_related("request__service_version__service", "request__applicant")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise OnlineNotFound()
    return found


def on_the_web(by: Viewer) -> Viewer:
    """The house, on the word of a citizen without an account."""
    if by.is_system:
        return by
    return Viewer.system(citizens_name(), request_id=by.request_id, channel="citizen")


def citizens_name() -> str:
    """As whom a citizen without an account is written down, whatever language was spoken: the trail is Arabic."""
    with in_language("ar"):
        return _("The citizen, on the web")
