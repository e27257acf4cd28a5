"""Answers to a form, checked against its questions. Pure: raw values in, canonical values and faults out.

Numbers and amounts are kept as decimal text, dates as ISO text; Arabic-Indic digits are read like any others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput, Sentence
from kernel.parties.identifiers import normalise_id_number, read_phone
from kernel.text import clean, normalise_digits
from modules.frontdesk.applying import asked_fields, breaks
from modules.frontdesk.definitions import Field, FormSection
from modules.frontdesk.errors import AnswersInvalid
from modules.frontdesk.points import ElsewhereOnEarth, NotAPoint, read_point

TEXT_LIMIT = 500
LONGTEXT_LIMIT = 8000
_EMPTY: tuple[Any, ...] = (None, "", [], ())
_YES = frozenset({"1", "true", "on", "yes", "نعم"})
_NO = frozenset({"0", "false", "off", "no", "لا", ""})


class _Fault(ValueError):
    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__()


def clean_answers(
    fields: Sequence[Field],
    raw: Mapping[str, Any],
    *,
    complete: bool,
    prefix: str = "",
    sections: Sequence[FormSection] = (),
    known: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The answers in canonical form; questions that the form does not have are refused, empty answers left out, and
    answers to questions that the form's rules do not ask are dropped.

    `complete` also refuses required questions without an answer. Refuses `AnswersInvalid` with all faults at once.
    `known` are facts of the request that rules ask about.
    """
    faults: dict[str, list[Sentence]] = {}
    codes = {field.code for field in fields}
    for code in raw:
        if code not in codes:
            faults[f"{prefix}{code}"] = [_("The form has no such question.")]
    cleaned: dict[str, Any] = {}
    wrong: dict[str, Sentence] = {}
    for field in fields:
        try:
            answer = clean_answer(field, raw.get(field.code))
        except _Fault as fault:
            wrong[field.code] = fault.sentence
            continue
        if answer not in _EMPTY:
            cleaned[field.code] = answer
    for field, asked in asked_fields(fields, cleaned, sections=sections, known=known):
        if asked is False:
            cleaned.pop(field.code, None)
        elif field.code in wrong:
            faults[f"{prefix}{field.code}"] = [wrong[field.code]]
        elif field.code not in cleaned:
            if complete and field.required and asked:
                faults[f"{prefix}{field.code}"] = [_("This is needed.")]
        elif breaks(field, fields, cleaned, known):
            faults[f"{prefix}{field.code}"] = [_refusal(field)]
    if faults:
        raise AnswersInvalid(faults)
    return cleaned


def readable_answers(fields: Sequence[Field], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Those answers that can be read, whatever else is wrong: for a form that is being filled in."""
    found: dict[str, Any] = {}
    for field in fields:
        try:
            answer = clean_answer(field, raw.get(field.code))
        except _Fault:
            continue
        if answer not in _EMPTY:
            found[field.code] = answer
    return found


def missing_answers(
    fields: Sequence[Field],
    answers: Mapping[str, Any],
    *,
    sections: Sequence[FormSection] = (),
    known: Mapping[str, Any] | None = None,
) -> list[Field]:
    """Required questions that are asked and have no answer."""
    return [
        field
        for field, asked in asked_fields(fields, answers, sections=sections, known=known)
        if asked and field.required and answers.get(field.code) in _EMPTY
    ]


def clean_answer(field: Field, raw: Any) -> Any:
    """One answer in canonical form, None when it is empty."""
    if field.kind == "bool":
        return _bool(raw)
    if field.kind == "table":
        return _rows(field, raw)
    if raw is None:
        return None
    if isinstance(raw, float | list | dict):
        raise _Fault(_("Give a text."))
    text = clean(str(raw)) if field.kind != "longtext" else str(raw).strip()
    if not text:
        return None
    answer = _CHECKS[field.kind](field, text)
    if field.pattern and not re.fullmatch(field.pattern, str(answer)):
        raise _Fault(_refusal(field))
    return answer


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
    if field.kind == "table":
        return "\n".join(
            " · ".join(
                part for one in field.columns if (part := shown_answer(one, row.get(one.code)))
            )
            for row in answer
        )
    return str(answer)


def _rows(field: Field, raw: Any) -> list[dict[str, Any]] | None:
    """The rows that hold something, each checked by its columns. Refuses too few, too many, and what is wrong where."""
    if raw in (None, ""):
        return None
    if not isinstance(raw, list | tuple) or not all(isinstance(row, Mapping) for row in raw):
        raise _Fault(_("Give a list of rows."))
    rows = []
    for number, row in enumerate(raw, 1):
        if all(str(value or "").strip() in ("", "False") for value in row.values()):
            continue
        kept: dict[str, Any] = {}
        for column in field.columns:
            try:
                answer = clean_answer(column, row.get(column.code))
            except _Fault as fault:
                raise _Fault(_in_row(number, column, fault.sentence)) from None
            if answer in _EMPTY and column.required:
                raise _Fault(_in_row(number, column, _("This is needed.")))
            if answer not in _EMPTY:
                kept[column.code] = answer
        rows.append(kept)
    if field.max and len(rows) > int(field.max):
        raise _Fault(_("At most %(limit)s rows.") % {"limit": field.max})
    if rows and field.min and len(rows) < int(field.min):
        raise _Fault(_("At least %(limit)s rows.") % {"limit": field.min})
    return rows or None


def _in_row(number: int, column: Field, sentence: Sentence) -> str:
    return gettext("Row %(row)s, %(column)s: %(why)s") % {
        "row": number,
        "column": column.label,
        "why": sentence,
    }


def _refusal(field: Field) -> Sentence:
    return str(field.refusal) if field.refusal.ar else _("This answer does not fit.")


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


def _point(field: Field, text: str) -> str:
    try:
        return str(read_point(text))
    except NotAPoint:
        raise _Fault(_("Give latitude and longitude, for example 31.3463, 34.3031.")) from None
    except ElsewhereOnEarth:
        raise _Fault(_("This point is not in the country. Latitude comes first.")) from None


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
    "point": _point,
}
