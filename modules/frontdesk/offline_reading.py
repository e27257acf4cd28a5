"""From the JSON that a cut-off desk sends to typed values; what does not fit is refused by its field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput
from kernel.parties.identifiers import read_phone
from kernel.text import clean, normalise_digits
from modules.frontdesk.constants import ActsBy
from modules.frontdesk.errors.offline import KeyNeeded
from modules.frontdesk.offline_pack import MOST_FILES
from modules.frontdesk.services.offline import NAMES, OfflinePaper, OfflinePerson, Taken
from modules.frontdesk.services.offline_blocks import Told

LONGEST = 2_000_000
_PRINTED = 40


def read_json(body: bytes) -> dict[str, Any]:
    """An object, not too long. Refuses `InvalidInput`."""
    try:
        found = json.loads(body) if len(body) <= LONGEST else None
    except (ValueError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict) or "\\u0000" in body.decode("utf-8", "replace"):
        raise InvalidInput()
    return found


def read_taken(sent: Mapping[str, Any], *, key: str) -> Taken:
    """What was taken, with the key of its form. Refuses `KeyNeeded` and `InvalidInput` by field."""
    papers = sent.get("papers") or []
    if not isinstance(papers, list) or len(papers) > MOST_FILES:
        raise InvalidInput(field="papers")
    answers = sent.get("answers") or {}
    parcel = sent.get("parcel") or {}
    if not isinstance(answers, dict) or not isinstance(parcel, dict):
        raise InvalidInput()
    block = read_uuid(sent.get("block"))
    number = sent.get("number")
    acts_by = _text(sent, "acts_by", 20)
    if acts_by and acts_by not in ActsBy.values:
        raise InvalidInput(field="acts_by")
    power = sent.get("power") or {} if acts_by else {}
    if not isinstance(power, dict):
        raise InvalidInput(field="agent_power_number")
    has_number = block is not None and isinstance(number, int) and 0 < number < 2**31
    return Taken(
        key=_key(key),
        service_code=_text(sent, "service", 20),
        taken_at=_instant(sent.get("taken_at")),
        provisional=_text(sent, "provisional", _PRINTED) or _key(key).hex[-8:].upper(),
        block=block if has_number else None,
        number=number if has_number else None,
        person=_person(sent.get("person")),
        acts_by=acts_by,
        agent=_person(sent.get("agent"), "agent_") if acts_by else None,
        power_number=_text(power, "number", 60),
        power_on=_day(power, "on", "agent_power_on"),
        power_until=_day(power, "until", "agent_power_until"),
        contact_phone=_phone(_text(sent, "phone", 30), "contact_phone"),
        answers=answers,
        parcel=(
            _text(parcel, "block_no", 20),
            _text(parcel, "parcel_no", 20),
            _text(parcel, "sub_no", 20),
        ),
        is_hidden=sent.get("is_hidden") is True,
        papers=tuple(_paper(one) for one in papers),
    )


def read_told(sent: Mapping[str, Any]) -> tuple[UUID, tuple[Told, ...], int]:
    """Which computer it is, what it printed of each block, and how many things wait there."""
    store = read_uuid(sent.get("store"))
    if store is None:
        raise InvalidInput(field="store")
    printed = sent.get("printed")
    blocks = printed if isinstance(printed, dict) else {}
    told = tuple(
        Told(block=uid, printed_to=to)
        for name, to in list(blocks.items())[:50]
        if (uid := read_uuid(name)) is not None and isinstance(to, int) and 0 <= to < 2**31
    )
    waiting = sent.get("waiting")
    return store, told, waiting if isinstance(waiting, int) and 0 <= waiting <= 9999 else 0


def read_uuid(raw: Any) -> UUID | None:
    try:
        return UUID(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def _key(raw: str) -> UUID:
    found = read_uuid(raw)
    if found is None:
        raise KeyNeeded()
    return found


def _person(raw: Any, prefix: str = "") -> OfflinePerson | None:
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise InvalidInput(field=f"{prefix}id_number" if prefix else "applicant")
    return OfflinePerson(
        uid=read_uuid(raw.get("uid")),
        id_number=normalise_digits(_text(raw, "id_number", 20)),
        names={name: _text(raw, name, 60) for name in NAMES},
        phone=_phone(_text(raw, "phone", 30), "phone"),
        same_as=read_uuid(raw.get("same_as")),
        is_another=raw.get("is_another") is True,
    )


def _day(raw: Mapping[str, Any], name: str, field: str) -> date | None:
    typed = _text(raw, name, 20)
    try:
        found = parse_date(typed) if typed else None
    except ValueError:
        found = None
    if typed and found is None:
        raise InvalidInput({field: [_("There is no such day. Write the date as day/month/year.")]})
    return found


def _phone(typed: str, field: str) -> str:
    if not typed:
        return ""
    try:
        return read_phone(typed).e164
    except InvalidInput as refusal:
        raise InvalidInput({field: [str(refusal)]}) from None


def _paper(raw: Any) -> OfflinePaper:
    if not isinstance(raw, dict):
        raise InvalidInput(field="papers")
    return OfflinePaper(
        requirement=_text(raw, "requirement", 60),
        sha256=_text(raw, "sha256", 64),
        name=_text(raw, "name", 80),
        document_type=_text(raw, "document_type", 60),
    )


def _text(raw: Mapping[str, Any], name: str, most: int) -> str:
    found = raw.get(name) or ""
    if not isinstance(found, str) or len(found) > most or "\x00" in found:
        raise InvalidInput({name: [_("This cannot be read.")]})
    return clean(found)


def _instant(raw: Any) -> datetime:
    try:
        found = parse_datetime(raw) if isinstance(raw, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput({"taken_at": [_("This cannot be read.")]})
    return found
