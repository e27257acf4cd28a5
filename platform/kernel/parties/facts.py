"""What a clerk typed about a party, read, cleaned and doubted in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput
from kernel.parties.addresses import Address
from kernel.parties.constants import BODIES, PERSONS, Gender, IdKind
from kernel.parties.errors import PartyFactsRefused
from kernel.parties.identifiers import read_identifier, read_phone
from kernel.text import clean, normalise_digits

FOUR_NAMES = ("given_name", "father_name", "grandfather_name", "family_name")
TEXTS = {
    **dict.fromkeys(FOUR_NAMES, 60),
    "known_as": 80,
    "registered_name": 200,
    "trade_name": 200,
    "id_proof": 200,
}
EARLIEST_BIRTH = date(1850, 1, 1)
MOST_PHONES = 10

REQUIRED = _("This is needed.")
NOT_A_NAME = _("A name has letters and no digits.")
TOO_LONG = _("This is longer than can be kept (%(most)s letters).")
UNKNOWN_CHOICE = _("Choose one of the list.")
IN_THE_FUTURE = _("This day has not come yet.")
TOO_LONG_AGO = _("Nobody alive was born before 1850.")
DIED_BEFORE_BIRTH = _("Nobody dies before being born.")
TOO_MANY_PHONES = _("Keep at most ten phones.")


class PartyFacts(TypedDict, total=False):
    """All that may be said about a party. Every text is as typed."""

    given_name: str
    father_name: str
    grandfather_name: str
    family_name: str
    known_as: str
    registered_name: str
    trade_name: str
    id_number: str
    id_kind: str
    id_proof: str
    gender: str
    birth_date: date | None
    died_on: date | None
    phones: Sequence[str]
    current_address: Address | Mapping[str, str]
    original_address: Address | Mapping[str, str]


def read_facts(
    kind: str, typed: PartyFacts, *, on: date, known: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns to write for what was typed. `known` holds what the record says already.

    Refuses `PartyFactsRefused` with every fault at once, field by field. A wrong check digit is no
    fault: it sets `id_unverified`.
    """
    faults: dict[str, list[str | Promise]] = {}
    facts: dict[str, Any] = {}
    for name, most in TEXTS.items():
        if name in typed:
            facts[name] = clean(typed[name])  # type: ignore[literal-required]
            if len(facts[name]) > most:
                faults.setdefault(name, []).append(str(TOO_LONG) % {"most": most})
    _read_identity(typed, known, facts, faults)
    _read_phones(typed, facts, faults)
    _read_days(typed, known, facts, faults, on)
    for name in ("current_address", "original_address"):
        if name in typed:
            address = typed[name]  # type: ignore[literal-required]
            facts[name] = (
                address if isinstance(address, Address) else Address.read(address)
            ).kept()
    if "gender" in typed:
        facts["gender"] = typed["gender"]
        if typed["gender"] not in ("", *Gender.values):
            faults.setdefault("gender", []).append(UNKNOWN_CHOICE)
    _check_names(kind, {**known, **facts}, faults)
    if faults:
        raise PartyFactsRefused(faults)
    return facts


def _read_identity(
    typed: PartyFacts, known: Mapping[str, Any], facts: dict[str, Any], faults: dict[str, list[Any]]
) -> None:
    if "id_number" not in typed and "id_kind" not in typed:
        return
    number = clean(typed.get("id_number", known.get("id_number", "")))
    kind = typed.get("id_kind") or known.get("id_kind") or IdKind.NATIONAL
    if not number:
        facts.update(id_number="", id_kind="", id_unverified=False)
        return
    if kind not in IdKind.values:
        faults.setdefault("id_kind", []).append(UNKNOWN_CHOICE)
        return
    read = _or_fault(partial(read_identifier, number, kind), "id_number", faults)
    if read is not None:
        facts.update(id_number=read.number, id_kind=read.kind, id_unverified=not read.is_plausible)


def _read_phones(typed: PartyFacts, facts: dict[str, Any], faults: dict[str, list[Any]]) -> None:
    if "phones" not in typed:
        return
    given = [phone for phone in typed["phones"] if clean(phone)]
    phones = [_or_fault(partial(read_phone, one), "phones", faults) for one in given]
    # One phone typed twice, in two ways, is one phone.
    once = {phone.e164: phone.as_typed for phone in reversed(phones) if phone is not None}
    facts["phones"] = list(reversed(once))
    facts["phones_as_typed"] = [once[e164][:40] for e164 in facts["phones"]]
    if len(once) > MOST_PHONES:
        faults.setdefault("phones", []).append(TOO_MANY_PHONES)


def _read_days(
    typed: PartyFacts,
    known: Mapping[str, Any],
    facts: dict[str, Any],
    faults: dict[str, list[Any]],
    on: date,
) -> None:
    for name in ("birth_date", "died_on"):
        if name in typed:
            facts[name] = day = typed[name]  # type: ignore[literal-required]
            if day and day > on:
                faults.setdefault(name, []).append(IN_THE_FUTURE)
            if day and day < EARLIEST_BIRTH:
                faults.setdefault(name, []).append(TOO_LONG_AGO)
    born = facts.get("birth_date", known.get("birth_date"))
    died = facts.get("died_on", known.get("died_on"))
    if born and died and died < born:
        faults.setdefault("died_on", []).append(DIED_BEFORE_BIRTH)


def _check_names(kind: str, names: Mapping[str, Any], faults: dict[str, list[Any]]) -> None:
    if kind in PERSONS:
        for name in ("given_name", "family_name"):
            if not names.get(name):
                faults.setdefault(name, []).append(REQUIRED)
        for name in FOUR_NAMES:
            if names.get(name) and not _is_name(names[name]):
                faults.setdefault(name, []).append(NOT_A_NAME)
    elif kind in BODIES and not (names.get("registered_name") or names.get("trade_name")):
        faults.setdefault("registered_name", []).append(REQUIRED)


def _is_name(text: str) -> bool:
    has_digit = any(letter.isdigit() for letter in normalise_digits(text))
    return not has_digit and any(letter.isalpha() for letter in text)


def _or_fault(read: Callable[[], Any], field: str, faults: dict[str, list[Any]]) -> Any:
    try:
        return read()
    except InvalidInput as refusal:
        faults.setdefault(field, []).append(str(refusal))
        return None
