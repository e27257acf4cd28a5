"""The kinds of policy values: how each is checked when adopted, kept as JSON, read back and shown.

Pure. Percent and decimal are kept as text, money as amount text and currency: no float is ever kept or given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from kernel.manifest import PolicyKey
from kernel.money import format_money, money
from kernel.policies.errors import PolicyValueInvalid, PolicyValueOutOfBounds
from kernel.text import normalise_digits

YES = frozenset({"true", "yes", "1", "نعم"})
NO = frozenset({"false", "no", "0", "لا"})

_EXPECTED: dict[str, str | Promise] = {
    "money": _("an amount with its currency, for example 500 ILS"),
    "percent": _("a percentage, for example 12.5"),
    "int": _("a whole number"),
    "decimal": _("a number"),
    "days": _("a whole number of days"),
    "bool": _("yes or no"),
    "choice": _("one of the choices"),
    "date": _("a date"),
    "role": _("a role's code"),
    "list": _("a list of words"),
    "map": _("names with their values"),
    "table": _("rows with the same columns"),
    "text": _("a text"),
}


def checked(key: PolicyKey, raw: Any) -> Any:
    """The value as it is kept (JSON). Refuses `PolicyValueInvalid` and `PolicyValueOutOfBounds`."""
    try:
        value = _CHECK[key.kind](raw)
    except (TypeError, ValueError, LookupError, InvalidOperation):
        _refuse(key, raw)
    if key.choices and not _is_chosen(key, value):
        _refuse(key, raw)
    _refuse_out_of_bounds(key, value)
    return value


def read(key: PolicyKey, kept: Any) -> Any:
    """The kept value as code uses it: Decimal, Money, date, or the plain JSON value."""
    if key.kind in ("percent", "decimal"):
        return Decimal(kept)
    if key.kind == "money":
        return money(kept["amount"], kept["currency"])
    if key.kind == "date":
        return date.fromisoformat(kept)
    return kept


def default_of(key: PolicyKey) -> Any:
    """The manifest's default as code uses it."""
    return read(key, checked(key, key.default))


def shown(key: PolicyKey, value: Any) -> str:
    """The value as a clerk reads it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Money):
        return format_money(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list):
        return "، ".join(str(one) for one in value)
    if key.kind == "percent":
        return f"{value}%"
    return f"{value} {key.unit}".rstrip()


def _refuse(key: PolicyKey, raw: Any) -> NoReturn:
    expected = str(_EXPECTED[key.kind])
    if key.choices:
        expected = f"{expected} ({', '.join(key.choices)})"
    raise PolicyValueInvalid(typed=raw, expected=expected)


def _is_chosen(key: PolicyKey, value: Any) -> bool:
    chosen = value if isinstance(value, list) else [value]
    return set(chosen) <= set(key.choices)


def _refuse_out_of_bounds(key: PolicyKey, kept: Any) -> None:
    if key.bounds is None:
        return
    low, high = key.bounds
    value = read(key, kept)
    if isinstance(value, Money):
        value = value.amount
    below = low is not None and value < _bound(key, low)
    above = high is not None and value > _bound(key, high)
    if below or above:
        raise PolicyValueOutOfBounds(
            low="…" if low is None else low, high="…" if high is None else high
        )


def _bound(key: PolicyKey, bound: Any) -> Any:
    if key.kind in ("percent", "decimal", "money"):
        return bound.amount if isinstance(bound, Money) else Decimal(bound)
    if key.kind == "date" and isinstance(bound, str):
        return date.fromisoformat(bound)
    return bound


def _number(raw: Any) -> Decimal:
    if isinstance(raw, bool | float) or not isinstance(raw, int | str | Decimal):
        raise TypeError("not a number that may be kept")
    number = Decimal(normalise_digits(raw.strip().rstrip("%٪")) if isinstance(raw, str) else raw)
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def _decimal(raw: Any) -> str:
    return format(_number(raw), "f")


def _percent(raw: Any) -> str:
    number = _number(raw)
    if number < 0:
        raise ValueError("a percentage below nothing")
    return format(number, "f")


def _int(raw: Any) -> int:
    number = _number(raw)
    if number != number.to_integral_value():
        raise ValueError("not whole")
    return int(number)


def _days(raw: Any) -> int:
    days = _int(raw)
    if days < 0:
        raise ValueError("days below nothing")
    return days


def _bool(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word in YES or word in NO:
        return word in YES
    raise ValueError("neither yes nor no")


def _date(raw: Any) -> str:
    return raw.isoformat() if type(raw) is date else date.fromisoformat(raw).isoformat()


def _money(raw: Any) -> dict[str, str]:
    if isinstance(raw, Money):
        amount, currency = raw.amount, raw.currency.code
    elif isinstance(raw, Mapping):
        amount, currency = _number(raw["amount"]), raw["currency"]
    else:
        figure, currency = raw.split() if isinstance(raw, str) else raw
        amount = _number(figure)
    exact = money(amount, currency)
    if exact.amount != amount or amount < 0:
        raise ValueError("finer than the currency, or below nothing")
    return {"amount": str(exact.amount), "currency": exact.currency.code}


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError("not a text")
    return raw.strip()


def _word(raw: Any) -> str:
    word = _text(raw)
    if not word:
        raise ValueError("nothing written")
    return word


def _list(raw: Any) -> list[str]:
    many: Sequence[Any] = raw.replace("،", ",").split(",") if isinstance(raw, str) else list(raw)
    return list(dict.fromkeys(_word(one) for one in many if one != ""))


def _plain(raw: Any) -> Any:
    """Scalars and lists of scalars; a Decimal becomes text, a float is refused."""
    if raw is None or isinstance(raw, str | bool | int):
        return raw
    if isinstance(raw, Decimal):
        return format(raw, "f")
    if type(raw) is date:
        return raw.isoformat()
    if isinstance(raw, list | tuple):
        return [_plain(one) for one in raw]
    raise TypeError("not a plain value")


def _map(raw: Any) -> dict[str, Any]:
    return {_word(name): _plain(value) for name, value in dict(raw).items()}


def _table(raw: Any) -> list[dict[str, Any]]:
    rows = [_map(row) for row in raw]
    if len({tuple(sorted(row)) for row in rows}) > 1:
        raise ValueError("rows with different columns")
    return rows


_CHECK: dict[str, Callable[[Any], Any]] = {
    "money": _money,
    "percent": _percent,
    "int": _int,
    "decimal": _decimal,
    "days": _days,
    "bool": _bool,
    "choice": _word,
    "date": _date,
    "role": _word,
    "list": _list,
    "map": _map,
    "table": _table,
    "text": _text,
}
