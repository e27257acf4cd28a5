"""Answers to a form, checked against its questions. Pure: raw values in, canonical values and faults out.

Numbers and amounts are kept as decimal text, dates as ISO text; Arabic-Indic digits are read like any others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput, Sentence
from kernel.parties.identifiers import normalise_id_number, read_phone
from kernel.text import clean, normalise_digits
from modules.frontdesk.definitions import Field
from modules.frontdesk.errors import AnswersInvalid

TEXT_LIMIT = 500
LONGTEXT_LIMIT = 8000
_YES = frozenset({"1", "true", "on", "yes", "نعم"})
_NO = frozenset({"0", "false", "off", "no", "لا", ""})


class _Fault(ValueError):
    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__()


def clean_answers(
    fields: Sequence[Field], raw: Mapping[str, Any], *, complete: bool, prefix: str = ""
) -> dict[str, Any]:
    """The answers in canonical form; questions that are not asked are refused, empty answers left out.

    `complete` also refuses required questions without an answer. Refuses `AnswersInvalid` with all faults at once.
    """
    faults: dict[str, list[Sentence]] = {}
    known = {field.code for field in fields}
    for code in raw:
        if code not in known:
            faults[f"{prefix}{code}"] = [_("The form has no such question.")]
    cleaned: dict[str, Any] = {}
    for field in fields:
        try:
            answer = clean_answer(field, raw.get(field.code))
        except _Fault as fault:
            faults[f"{prefix}{field.code}"] = [fault.sentence]
            continue
        if answer in (None, ""):
            if complete and field.required:
                faults[f"{prefix}{field.code}"] = [_("This is needed.")]
            continue
        cleaned[field.code] = answer
    if faults:
        raise AnswersInvalid(faults)
    return cleaned


def missing_answers(fields: Sequence[Field], answers: Mapping[str, Any]) -> list[Field]:
    """Required questions without an answer."""
    return [field for field in fields if field.required and answers.get(field.code) in (None, "")]


def clean_answer(field: Field, raw: Any) -> Any:
    """One answer in canonical form, None when it is empty."""
    if field.kind == "bool":
        return _bool(raw)
    if raw is None:
        return None
    if isinstance(raw, float | list | dict):
        raise _Fault(_("Give a text."))
    text = clean(str(raw)) if field.kind != "longtext" else str(raw).strip()
    if not text:
        return None
    return _CHECKS[field.kind](field, text)


def shown_answer(field: Field, answer: Any) -> str:
    """An answer as a clerk reads it."""
    if answer in (None, ""):
        return ""
    if field.kind == "choice":
        return next((str(one.label) for one in field.choices if one.code == answer), str(answer))
    if field.kind == "bool":
        return str(_("yes") if answer else _("no"))
    if field.kind == "date":
        return f"{date.fromisoformat(answer):%d/%m/%Y}"
    return str(answer)


def _bool(raw: Any) -> bool:
    word = str(raw if raw is not None else "").strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise _Fault(_("Answer yes or no."))


def _text(field: Field, text: str) -> str:
    limit = (
        int(field.max)
        if field.max
        else (LONGTEXT_LIMIT if field.kind == "longtext" else TEXT_LIMIT)
    )
    if len(text) > limit:
        raise _Fault(_("At most %(limit)s characters.") % {"limit": limit})
    if "\x00" in text:
        raise _Fault(_("Give a text."))
    return text


def _number(field: Field, text: str) -> str:
    try:
        number = Decimal(normalise_digits(text).replace("٫", ".").replace("٬", "").replace(",", ""))
    except InvalidOperation:
        raise _Fault(_("Give a number.")) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise _Fault(_("Give a number."))
    if field.min and number < Decimal(field.min):
        raise _Fault(_("Not below %(bound)s.") % {"bound": field.min})
    if field.max and number > Decimal(field.max):
        raise _Fault(_("Not above %(bound)s.") % {"bound": field.max})
    return format(number, "f")


def _date(field: Field, text: str) -> str:
    typed = normalise_digits(text).replace("-", "/").replace(".", "/")
    parts = typed.split("/")
    if len(parts) == 1 and len(typed) == 8 and typed.isdigit():
        parts = [typed[:2], typed[2:4], typed[4:]]
    try:
        numbers = [int(one) for one in parts]
        year_first = len(parts) == 3 and len(parts[0]) == 4
        year, month, day = numbers if year_first else reversed(numbers)
        return date(year, month, day).isoformat()
    except (ValueError, TypeError):
        raise _Fault(_("Give a date as day/month/year.")) from None


def _choice(field: Field, text: str) -> str:
    if text not in {one.code for one in field.choices}:
        raise _Fault(_("Choose one of the list."))
    return text


def _phone(field: Field, text: str) -> str:
    try:
        return read_phone(text).e164
    except InvalidInput as refusal:
        raise _Fault(str(refusal)) from None


def _id_number(field: Field, text: str) -> str:
    try:
        return normalise_id_number(text)
    except InvalidInput as refusal:
        raise _Fault(str(refusal)) from None


_CHECKS = {
    "text": _text,
    "longtext": _text,
    "number": _number,
    "money": _number,
    "date": _date,
    "choice": _choice,
    "phone": _phone,
    "id_number": _id_number,
}
