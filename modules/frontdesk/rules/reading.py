"""From text to a rule: the part of CEL that a service needs, read and checked for types when it is saved.

Literals, names, `! - * / % + < <= > >= == != in && || ?:`, lists, and the functions of `FUNCTIONS`. Numbers are
decimal, so that an amount never passes through a float. Nothing loops, so nothing needs a budget but the length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from kernel.errors import Sentence

Kind = Literal["number", "text", "bool", "date", "list", "any"]
LONGEST = 1000
DEEPEST = 40
_TOKENS = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?P<sign>&&|\|\||[<>=!]=|[-+*/%<>!?:(),\[\]]))"
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "t": "\t", "r": "\r"}
_BINDING = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "in": 3,
    "+": 4, "-": 4, "*": 5, "/": 5, "%": 5,
}  # fmt: skip
# name: (kinds of its arguments, kind of its answer)
FUNCTIONS: Mapping[str, tuple[tuple[Kind, ...], Kind]] = {
    "has": (("any",), "bool"),
    "size": (("any",), "number"),
    "sum": (("list", "text"), "number"),
    "min": (("number", "number"), "number"),
    "max": (("number", "number"), "number"),
    "ceil": (("number",), "number"),
    "floor": (("number",), "number"),
    "contains": (("text", "text"), "bool"),
    "startsWith": (("text", "text"), "bool"),
    "date": (("text",), "date"),
    "days": (("date", "date"), "number"),
}
_METHODS = frozenset({"size", "contains", "startsWith"})


class RuleFault(ValueError):
    """Why a text is no rule; `sentence` for the one who wrote it."""

    def __init__(self, sentence: Sentence, **facts: Any) -> None:
        self.message, self.facts = sentence, facts
        super().__init__()

    @property
    def sentence(self) -> str:
        return str(self.message) % self.facts if self.facts else str(self.message)

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Node:
    """One piece of a rule. `op` names it; `value` is a literal, a name or an operator; `kind` is what it answers."""

    op: Literal["literal", "name", "unary", "binary", "choice", "list", "call"]
    value: Any
    parts: tuple[Node, ...] = ()
    kind: Kind = "any"


@dataclass(frozen=True)
class Rule:
    text: str
    root: Node

    @property
    def names(self) -> frozenset[str]:
        """Facts that the rule asks about."""
        return frozenset(_names(self.root))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Node:
    return _Reader(text).whole()


def read_rule(text: str, names: Mapping[str, Kind], *, answers: Kind | None = None) -> Rule:
    """The rule, every name known and every kind fitting. Refuses `RuleFault`; `answers` is the kind it must give."""
    if len(text) > LONGEST:
        raise RuleFault(_("The rule is longer than %(most)s characters."), most=LONGEST)
    root = _typed(_parsed(text.strip()), names)
    if answers is not None and root.kind not in (answers, "any"):
        raise RuleFault(
            _("The rule answers %(kind)s; %(wanted)s is needed here."),
            kind=KIND_WORDS[root.kind],
            wanted=KIND_WORDS[answers],
        )
    return Rule(text.strip(), root)


KIND_WORDS: Mapping[str, Sentence] = {
    "number": _("a number"),
    "text": _("a text"),
    "bool": _("yes or no"),
    "date": _("a date"),
    "list": _("a list"),
    "any": _("anything"),
}


def _names(node: Node) -> list[str]:
    own = [str(node.value)] if node.op == "name" else []
    return own + [name for part in node.parts for name in _names(part)]


class _Reader:
    """Precedence climbing over the tokens; refuses what is left over."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        if not self.tokens:
            raise RuleFault(_("The rule is empty."))
        node = self.choice()
        if self.at < len(self.tokens):
            raise RuleFault(_("“%(text)s” does not fit here."), text=self.tokens[self.at][1])
        return node

    def choice(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise RuleFault(_("The rule is nested too deep."))
        condition = self.binary(1)
        if self.take("?"):
            first = self.binary(1)  # a choice inside a choice's middle needs brackets, as in CEL
            self.need(":")
            condition = Node("choice", "?", (condition, first, self.choice()))
        self.depth -= 1
        return condition

    def binary(self, least: int) -> Node:
        left = self.unary()
        while (sign := self.sign()) in _BINDING and _BINDING[sign] >= least:
            self.at += 1
            left = Node("binary", sign, (left, self.binary(_BINDING[sign] + 1)))
        return left

    def unary(self) -> Node:
        for sign in ("!", "-"):
            if self.take(sign):
                return Node("unary", sign, (self.unary(),))
        return self.atom()

    def atom(self) -> Node:
        if self.at >= len(self.tokens):
            raise RuleFault(_("The rule ends too early."))
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return Node("literal", Decimal(text))
        if kind == "text":
            return Node("literal", _ESCAPED.sub(_plain, text[1:-1]))
        if kind == "name":
            if text in ("true", "false"):
                return Node("literal", text == "true")
            return self.call(text) if self.sign() == "(" else Node("name", text)
        if text == "(":
            inside = self.choice()
            self.need(")")
            return inside
        if text == "[":
            return Node("list", "[", self.until("]"))
        raise RuleFault(_("“%(text)s” does not fit here."), text=text)

    def call(self, name: str) -> Node:
        subject, _dot, method = name.rpartition(".")
        self.need("(")
        parts = self.until(")")
        if subject and method in _METHODS:
            return Node("call", method, (Node("name", subject), *parts))
        return Node("call", name, parts)

    def until(self, end: str) -> tuple[Node, ...]:
        parts: list[Node] = []
        while not self.take(end):
            if parts:
                self.need(",")
            parts.append(self.choice())
        return tuple(parts)

    def sign(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, sign: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign):
            self.at += 1
            return True
        return False

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise RuleFault(_("“%(sign)s” is missing."), sign=sign)


def _plain(found: re.Match[str]) -> str:
    """The sign that an escape stands for. Refuses those that CEL does not know, or that no service needs."""
    if found[1] not in _ESCAPES:
        raise RuleFault(_("“%(text)s” does not fit here."), text=found[0])
    return _ESCAPES[found[1]]


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKENS.match(text, at)
        if match is None:
            raise RuleFault(_("“%(text)s” does not fit here."), text=text[at:].strip()[:20])
        kind = str(match.lastgroup)
        word = match[kind]
        found.append(("sign" if word == "in" else kind, word))
        at = match.end()
    return found


def _typed(node: Node, names: Mapping[str, Kind]) -> Node:
    """The same node with its kinds known. Refuses unknown names and kinds that do not go together."""
    parts = tuple(_typed(part, names) for part in node.parts)
    kind: Kind = "any"
    if node.op == "literal":
        value = node.value
        kind = "bool" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
    elif node.op == "name":
        if node.value not in names:
            raise RuleFault(_("Nothing here is called “%(name)s”."), name=node.value)
        kind = names[node.value]
    elif node.op == "list":
        kind = "list"
    elif node.op == "unary":
        kind = "bool" if node.value == "!" else "number"
        _need(parts[0], kind)
    elif node.op == "choice":
        _need(parts[0], "bool")
        _need_alike(parts[1].kind, parts[2].kind)
        kind = parts[1].kind if parts[1].kind == parts[2].kind else "any"
    elif node.op == "binary":
        kind = _binary_kind(node.value, parts)
    elif node.op == "call":
        if node.value not in FUNCTIONS:
            raise RuleFault(_("Nothing here is called “%(name)s”."), name=node.value)
        wanted, kind = FUNCTIONS[node.value]
        if len(wanted) != len(parts):
            raise RuleFault(
                _("“%(name)s” needs %(count)s values."), name=node.value, count=len(wanted)
            )
        for part, one in zip(parts, wanted, strict=True):
            _need(part, one)
        if node.value == "size" and parts[0].kind not in ("text", "list", "any"):
            _need(parts[0], "text")
    return Node(node.op, node.value, parts, kind)


def _binary_kind(sign: str, parts: tuple[Node, ...]) -> Kind:
    left, right = parts
    if sign in ("&&", "||"):
        _need(left, "bool")
        _need(right, "bool")
    elif sign == "in":
        _need(right, "list")
        _need_alike(left.kind, _kind_inside(right))
    elif sign in ("-", "*", "/", "%") or (sign == "+" and left.kind != "text"):
        _need(left, "number")
        _need(right, "number")
        return "number"
    elif sign == "+":
        _need(right, "text")
        return "text"
    else:
        _need_alike(left.kind, right.kind)
        if left.kind == "list":
            if sign not in ("==", "!="):
                _need(left, "number")
            _need_alike(_kind_inside(left), _kind_inside(right))
    return "bool"


def _kind_inside(node: Node) -> Kind:
    """What a written list holds where that is one kind; anything where it is mixed, empty or no written list."""
    kinds = {part.kind for part in node.parts} if node.op == "list" else set()
    return kinds.pop() if len(kinds) == 1 else "any"


def _need_alike(left: Kind, right: Kind) -> None:
    if left != right and "any" not in (left, right):
        raise RuleFault(
            _("%(left)s cannot be compared with %(right)s."),
            left=KIND_WORDS[left],
            right=KIND_WORDS[right],
        )


def _need(node: Node, kind: Kind) -> None:
    if kind != "any" and node.kind not in (kind, "any"):
        raise RuleFault(
            _("The rule answers %(kind)s; %(wanted)s is needed here."),
            kind=KIND_WORDS[node.kind],
            wanted=KIND_WORDS[kind],
        )
