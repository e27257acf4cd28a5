"""A rule and the facts in, an answer out. What is not known makes the answer unknown; it is never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, DecimalException
from typing import Any

from modules.frontdesk.rules.reading import Kind, Node, Rule

Facts = Mapping[str, Any]


class Undecided(Exception):
    """A fact is missing or does not fit: a person decides."""


def holds(rule: Rule, facts: Facts) -> bool | None:
    """True or False where the facts decide it, None where a person must."""
    try:
        answer = _answer(rule.root, facts)
    except Undecided:
        return None
    return answer if isinstance(answer, bool) else None


def amount_of(rule: Rule, facts: Facts) -> Decimal | None:
    """The number that a formula gives, None where a person must compute it."""
    try:
        answer = _answer(rule.root, facts)
    except Undecided:
        return None
    if isinstance(answer, bool) or not isinstance(answer, Decimal) or not answer.is_finite():
        return None
    return answer


def _answer(node: Node, facts: Facts) -> Any:
    if node.op == "literal":
        return node.value
    if node.op == "name":
        return _known(_fact(node, facts))
    if node.op == "list":
        return tuple(_answer(part, facts) for part in node.parts)
    if node.op == "choice":
        chosen = 1 if _bool(_answer(node.parts[0], facts)) else 2
        return _answer(node.parts[chosen], facts)
    if node.op == "unary":
        inner = _answer(node.parts[0], facts)
        return not _bool(inner) if node.value == "!" else -_number(inner)
    if node.op == "call":
        return _call(node, facts)
    return _binary(node, facts)


def _binary(node: Node, facts: Facts) -> Any:
    sign = node.value
    if sign in ("&&", "||"):
        return _logic(sign, node.parts, facts)
    left, right = (_answer(part, facts) for part in node.parts)
    if sign in ("==", "!="):
        same = _like(left, right)
        return same if sign == "==" else not same
    if sign == "in":
        if not isinstance(right, tuple | list):
            raise Undecided
        return any(_like(left, one) for one in right)
    if sign in ("<", "<=", ">", ">="):
        kind = node.parts[0].kind if node.parts[0].kind != "any" else node.parts[1].kind
        return _ordered(sign, left, right, kind=kind)
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    return _arithmetic(sign, _number(left), _number(right))


def _logic(sign: str, parts: tuple[Node, ...], facts: Facts) -> bool:
    """As CEL has it: one side that settles the matter settles it, even where the other is unknown."""
    settles = sign == "||"
    unknown = False
    for part in parts:
        try:
            if _bool(_answer(part, facts)) is settles:
                return settles
        except Undecided:
            unknown = True
    if unknown:
        raise Undecided
    return not settles


def _call(node: Node, facts: Facts) -> Any:
    if node.value == "has":
        only = node.parts[0]
        found = _fact(only, facts) if only.op == "name" else _answer(only, facts)
        return found not in (None, "", (), [])
    given = [_answer(part, facts) for part in node.parts]
    match node.value, given:
        case "size", [str() | tuple() | list() as many]:
            return Decimal(len(many))
        case "sum", [list() | tuple() as rows, str() as column]:
            return sum((_number(_cell(row, column)) for row in rows), Decimal(0))
        case "min" | "max", [first, second]:
            pick = min if node.value == "min" else max
            return pick(_number(first), _number(second))
        case "ceil" | "floor", [number]:
            way = ROUND_CEILING if node.value == "ceil" else ROUND_FLOOR
            return _number(number).to_integral_value(way)
        case "contains", [str() as text, str() as part]:
            return part in text
        case "startsWith", [str() as text, str() as part]:
            return text.startswith(part)
        case "date", [str() as text]:
            return _date(text)
        case "days", [first, second]:
            return Decimal((_date(second) - _date(first)).days)
    raise Undecided


def _fact(node: Node, facts: Facts) -> Any:
    return facts.get(node.value)


def _known(value: Any) -> Any:
    if value is None:
        raise Undecided
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _cell(row: Any, column: str) -> Any:
    value = row.get(column) if isinstance(row, Mapping) else None
    return Decimal(0) if value in (None, "") else value


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Undecided
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or value is None:
        raise Undecided
    try:
        return value if isinstance(value, Decimal) else Decimal(str(value))
    except DecimalException:
        raise Undecided from None


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Undecided from None


def _like(left: Any, right: Any) -> bool:
    if isinstance(left, Decimal) != isinstance(right, Decimal):
        try:
            return _number(left) == _number(right)
        except Undecided:
            return False
    if isinstance(left, date) != isinstance(right, date):
        return _date(left) == _date(right)
    return bool(left == right)


def _ordered(sign: str, left: Any, right: Any, *, kind: Kind) -> bool:
    """Texts by their letters and no before yes, as in CEL; what is declared a number is compared as one."""
    alike = str if kind == "text" else bool if kind == "bool" else None
    if alike is not None and isinstance(left, alike) and isinstance(right, alike):
        first: Any = left
        second: Any = right
    elif isinstance(left, date) or isinstance(right, date):
        first, second = _date(left), _date(right)
    else:
        first, second = _number(left), _number(right)
    return bool(
        {"<": first < second, "<=": first <= second, ">": first > second, ">=": first >= second}[
            sign
        ]
    )


def _arithmetic(sign: str, left: Decimal, right: Decimal) -> Decimal:
    try:
        match sign:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
            case _:
                return left % right
    except DecimalException:
        raise Undecided from None
