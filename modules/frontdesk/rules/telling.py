"""A rule as plain lists, for a reader that has no parser: the browser of a desk without a line."""

from __future__ import annotations

from typing import Any

from modules.frontdesk.rules.reading import Node, Rule


def as_lists(rule: Rule) -> list[Any]:
    """[op, value, parts] all the way down; a number is the text of its decimal, under the op "number"."""
    return _lists(rule.root)


def _lists(node: Node) -> list[Any]:
    is_number = node.op == "literal" and not isinstance(node.value, bool | str)
    return [
        "number" if is_number else node.op,
        str(node.value) if is_number else node.value,
        [_lists(one) for one in node.parts],
    ]
