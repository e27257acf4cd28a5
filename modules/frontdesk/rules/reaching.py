"""Can a rule hold at all? Asked at publish, so that no step waits for what never comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, product
from typing import Any

from modules.frontdesk.rules.judging import holds
from modules.frontdesk.rules.reading import Kind, Node, Rule

MOST_TRIED = 50_000
_CALCULATING = frozenset({"+", "-", "*", "/", "%"})


def can_hold(
    rules: Sequence[Rule], kinds: Mapping[str, Kind], choices: Mapping[str, Sequence[str]]
) -> bool | None:
    """Whether some facts make all the rules true at once; None where trying them out cannot settle it.

    Tried with every choice, both answers of yes and no, and every number at, below and above what it is compared
    with. That is exact for comparisons with what is written in the rule; a rule that calculates, compares two facts
    or calls a function over one is settled only when it is found to hold.
    """
    names = sorted({name for rule in rules for name in rule.names})
    literals = [one for rule in rules for one in _literals(rule.root)]
    tried = {name: _values(name, kinds, choices, literals) for name in names}
    total = 1
    for many in tried.values():
        total *= len(many)
    for values in islice(product(*tried.values()), MOST_TRIED):
        facts = dict(zip(names, values, strict=True))
        if all(holds(rule, facts) is True for rule in rules):
            return True
    exact = all(_is_plain(rule.root, kinds, choices) for rule in rules)
    return False if exact and total <= MOST_TRIED else None


def _values(
    name: str, kinds: Mapping[str, Kind], choices: Mapping[str, Sequence[str]], literals: list[Any]
) -> list[Any]:
    if name in choices:
        return [*choices[name], ""]
    kind = kinds.get(name, "any")
    if kind == "bool":
        return [True, False]
    if kind == "number":
        marks = {Decimal(0)} | {one for one in literals if isinstance(one, Decimal)}
        return sorted(
            {mark + step for mark in marks for step in (Decimal(-1), Decimal(0), Decimal(1))}
        )
    texts = sorted({one for one in literals if isinstance(one, str)})
    return [*texts, "", "…"] if kind == "text" else [*texts, None]


def _literals(node: Node) -> Iterator[Any]:
    if node.op == "literal":
        yield node.value
    for part in node.parts:
        yield from _literals(part)


def _is_plain(node: Node, kinds: Mapping[str, Kind], choices: Mapping[str, Sequence[str]]) -> bool:
    """Only comparisons of one fact with something written, joined by and, or, not."""
    if node.op == "name":
        return kinds.get(str(node.value)) == "bool"
    if node.op == "literal":
        return isinstance(node.value, bool)
    if node.op == "call":
        return node.value == "has" and node.parts[0].op == "name"
    if node.op == "binary" and node.value in ("&&", "||"):
        return all(_is_plain(part, kinds, choices) for part in node.parts)
    if node.op == "unary":
        return node.value == "!" and _is_plain(node.parts[0], kinds, choices)
    if node.op == "binary" and node.value not in _CALCULATING:
        sides = {part.op for part in node.parts}
        of_date = any(kinds.get(str(one.value)) == "date" for one in node.parts if one.op == "name")
        return sides <= {"name", "literal", "list"} and sides != {"name"} and not of_date
    return False
