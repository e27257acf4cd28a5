"""Our reader of rules and Google's CEL runtime judge alike, wherever both know what to say.

Numbers are decimals with us and 64-bit integers or doubles there: so whole numbers are tried as integers, and halves,
quarters and eighths (which a double holds exactly) as doubles. What CEL lacks (`has` of an unanswered question, `sum`,
`days`, `min`, `max`, `ceil`, `floor`) and what differs on purpose (exact division) stays out.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from cel_expr_python import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.frontdesk.rules import Kind, RuleFault, holds, read_rule
from modules.frontdesk.rules.judging import Undecided, _answer

KINDS: dict[str, Kind] = {
    "area": "number", "floors": "number", "use": "text", "note": "text",
    "corner": "bool", "empty": "bool", "given": "any",
}  # fmt: skip
_CEL = {"text": cel.Type.STRING, "bool": cel.Type.BOOL, "any": cel.Type.DYN}
_ENVIRONMENTS = {
    number: cel.NewEnv(variables={name: _CEL.get(kind, of_number) for name, kind in KINDS.items()})
    for number, of_number in (("whole", cel.Type.INT), ("parts", cel.Type.DOUBLE))
}
_TEXTS = ("", "shop", "home", "محل", "10", "9", "it's", "a\tb")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "\\'").replace("\t", "\\t") + "'"


def _wholes() -> st.SearchStrategy[str]:
    return st.integers(0, 12).map(str) | st.sampled_from(["area", "floors"])


def _parts() -> st.SearchStrategy[str]:
    written = st.integers(0, 40).map(lambda one: f"{Decimal(one) / 8:.3f}")
    return written | st.sampled_from(["area", "floors"])


def _numbers(world: str) -> st.SearchStrategy[str]:
    whole = world == "whole"

    def more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        signs = ["+", "-", "*", "%"] if whole else ["+", "-", "*"]
        made = st.builds(lambda a, s, b: f"({a} {s} {b})", inner, st.sampled_from(signs), inner)
        made |= inner.map(lambda one: f"-{one}")
        if not whole:
            made |= st.builds("({} / {})".format, inner, st.sampled_from(["2.0", "4.0"]))
        return made

    return st.recursive(_wholes() if whole else _parts(), more, max_leaves=4)


def _words() -> st.SearchStrategy[str]:
    one = st.sampled_from([*map(_quoted, _TEXTS), "use", "note"])
    return one | st.builds("({} + {})".format, one, one)


def _judgements(world: str) -> st.SearchStrategy[str]:
    number, word = _numbers(world), _words()
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    base = st.sampled_from(
        ["true", "false", "corner", "empty", "(corner > empty)", "(empty <= true)"]
    )
    base |= st.builds("{} {} {}".format, number, signs, number)
    base |= st.builds("{} {} {}".format, word, signs, word)
    base |= st.builds("use.{}({})".format, st.sampled_from(["contains", "startsWith"]), word)
    base |= st.builds(
        lambda one, many: f"{one} in [{', '.join(many)}]", word, st.lists(word, max_size=3)
    )
    base |= st.builds(
        lambda one, many: f"{one} in [{', '.join(many)}]", number, st.lists(number, max_size=3)
    )
    if world == "whole":
        base |= st.builds("size({}) {} {}".format, word, signs, number)

    def more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        both = st.builds("{} {} {}".format, inner, st.sampled_from(["&&", "||"]), inner)
        chosen = st.builds("(({}) ? ({}) : ({}))".format, inner, inner, inner)
        return both | chosen | inner.map(lambda one: f"!({one})")

    return st.recursive(base, more, max_leaves=5)


def _facts(world: str) -> st.SearchStrategy[dict[str, Any]]:
    number: st.SearchStrategy[Any] = st.integers(-9, 9)
    if world == "parts":
        number = number.map(lambda one: Decimal(one) / 8)
    known = {
        "area": number,
        "floors": number,
        "use": st.sampled_from(_TEXTS),
        "note": st.sampled_from(_TEXTS),
        "corner": st.booleans(),
        "empty": st.booleans(),
    }
    return st.fixed_dictionaries({}, optional=known)


def _by_google(text: str, facts: dict[str, Any], world: str) -> Any:
    """What the runtime says; None for its error values, which are truthy and must never be taken for an answer."""
    told = {
        name: float(value) if isinstance(value, Decimal) else value for name, value in facts.items()
    }
    answer = _ENVIRONMENTS[world].compile(text).eval(data=told)
    return None if answer.type() in (cel.Type.ERROR, cel.Type.UNKNOWN) else answer.value()


@pytest.mark.parametrize("world", ["whole", "parts"])
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_both_judge_alike(world: str, data: st.DataObject) -> None:
    text, facts = data.draw(_judgements(world)), data.draw(_facts(world))
    assert holds(read_rule(text, KINDS, answers="bool"), facts) is _by_google(text, facts, world)


@pytest.mark.parametrize("world", ["whole", "parts"])
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_both_count_alike(world: str, data: st.DataObject) -> None:
    text, facts = data.draw(_numbers(world)), data.draw(_facts(world))
    try:
        ours = _answer(read_rule(text, KINDS, answers="number").root, facts)
    except Undecided:
        ours = None
    theirs = _by_google(text, facts, world)
    assert ours == (None if theirs is None else Decimal(theirs))


def _anything() -> st.SearchStrategy[str]:
    """Texts that often make no sense: whatever we accept, the runtime accepts."""
    atom = st.sampled_from(
        [
            "1",
            "7",
            "'shop'",
            "'a\\q'",
            "'a\\n'",
            "true",
            "area",
            "use",
            "corner",
            "given",
            "nothing",
        ]
    )
    lists = st.lists(atom, max_size=3).map(lambda many: f"[{', '.join(many)}]")

    def more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        signs = st.sampled_from([*"+-*/%<>", "<=", ">=", "==", "!=", "&&", "||"])
        made = st.builds("{} {} {}".format, inner, signs, inner)
        made |= st.builds("({})".format, inner)
        made |= st.builds("{} ? {} : {}".format, inner, inner, inner)
        made |= st.builds("{} in {}".format, inner, lists)
        made |= st.builds("size({})".format, inner | lists)
        made |= st.builds("{} {} {}".format, lists, signs, lists)
        made |= st.builds("use.contains({})".format, inner)
        return made | st.builds("{}{}".format, st.sampled_from("!-"), inner)

    return st.recursive(atom, more, max_leaves=6)


@settings(max_examples=800, deadline=None)
@given(text=_anything())
def test_what_we_accept_is_cel(text: str) -> None:
    try:
        read_rule(text, KINDS)
    except RuleFault:
        return
    _ENVIRONMENTS["whole"].compile(text)  # raises where the runtime refuses


@pytest.mark.parametrize(
    "text",
    [
        "nothing > 1", "area > 'x'", "area + 'x' == 'x'", "corner + corner == 1", "!area", "-use == 1",
        "area && corner", "use ? corner : corner", "corner ? 1 : 'a'", "area in ['1']", "use in [1, 2]",
        "area in use", "size(area) == 1", "use.contains(1)", "[1] < [2]", "[1] == ['a']",
        "corner ? corner ? true : false : true", "'a\\q' == use", "area >", "(area", "area area", "",
    ],
)  # fmt: skip
def test_both_refuse_what_makes_no_sense(text: str) -> None:
    with pytest.raises(RuleFault):
        read_rule(text, KINDS)
    with pytest.raises(RuntimeError, match=re.compile("INVALID_ARGUMENT|Syntax")):
        _ENVIRONMENTS["whole"].compile(text)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("area % 0 == 1", {"area": 5}),
        ("floors > 3", {}),
        ("floors > 3 && corner", {"corner": True}),
    ],
)
def test_an_error_value_of_the_runtime_is_truthy_and_ours_is_no_answer(
    text: str, facts: dict[str, Any]
) -> None:
    """The trap: whoever asks `if value:` would let everybody pass."""
    value = _ENVIRONMENTS["whole"].compile(text).eval(data=facts)
    assert value
    assert value.type() in (cel.Type.ERROR, cel.Type.UNKNOWN)
    assert holds(read_rule(text, KINDS), facts) is None


def test_money_stays_exact_with_us_and_not_there() -> None:
    """Why the runtime does not stand behind the door: it has no decimal."""
    rule = read_rule("area + 0.2 == 0.3", {"area": "number"}, answers="bool")
    assert holds(rule, {"area": Decimal("0.1")}) is True
    assert (
        _ENVIRONMENTS["parts"].compile("area + 0.2 == 0.3").eval(data={"area": 0.1}).value()
        is False
    )
