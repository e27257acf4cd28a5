"""Evidence that the software enforces the manual: every declared key bites somewhere, every bite is declared.

Read by tests, from source text; nothing is run. `faults(...)` gives sentences, none when all is well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kernel.manifest import PolicyKey


@dataclass(frozen=True)
class Asking:
    """One place in the source that asks for a policy value."""

    dotted: str
    key: str
    line: int


def faults(keys: Iterable[PolicyKey], shelves: Iterable[Path]) -> list[str]:
    """What contradicts the promise, in sentences.

    `shelves` are the folders on the import path that hold packages (the project's root, `platform`). A key is asked
    for by `value("the.key", …)`, with the text in place or in a constant of the same file.
    """
    declared = {key.code: key for key in keys}
    askings = [asking for shelf in shelves for asking in _askings(shelf)]
    found = [
        f"{one.dotted} (line {one.line}) asks for {one.key!r}, which no manifest declares."
        for one in askings
        if one.key not in declared
    ]
    for code, key in sorted(declared.items()):
        if not key.enforced_at:
            found.append(f"The key {code!r} names no enforcement point.")
        for point in key.enforced_at:
            place = point.replace(":", ".")
            if not any(one.key == code and _is_within(one.dotted, place) for one in askings):
                found.append(
                    f"The key {code!r} says it bites at {point}, which does not ask for it."
                )
    return found


def _is_within(asked_in: str, point: str) -> bool:
    return asked_in == point or asked_in.startswith(f"{point}.")


def _askings(shelf: Path) -> Iterator[Asking]:
    for path in sorted(shelf.rglob("*.py")):
        parts = path.relative_to(shelf).with_suffix("").parts
        if {"tests", "migrations", "node_modules", "var"} & set(parts) or any(
            one[0] == "." for one in parts
        ):
            continue
        text = path.read_text(encoding="utf-8")
        if "value(" in text:
            module = ".".join(part for part in parts if part != "__init__")
            yield from _askings_in(module, ast.parse(text))


def _askings_in(module: str, tree: ast.Module) -> Iterator[Asking]:
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    def walk(node: ast.AST, dotted: str) -> Iterator[Asking]:
        for child in ast.iter_child_nodes(node):
            inner = dotted
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{dotted}.{child.name}"
            if isinstance(child, ast.Call) and _asks(child):
                key = _key_of(child, constants)
                if key is not None:
                    yield Asking(dotted, key, child.lineno)
            yield from walk(child, inner)

    yield from walk(tree, module)


def _asks(call: ast.Call) -> bool:
    """Whether this is `value(key, on=…)` of the policies room, plainly or by a module's name."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in {"value", "policy_value"} and any(word.arg == "on" for word in call.keywords)


def _key_of(call: ast.Call, constants: Mapping[str, object]) -> str | None:
    if not call.args:
        return None
    first = call.args[0]
    told = (
        first.value if isinstance(first, ast.Constant) else constants.get(getattr(first, "id", ""))
    )
    return told if isinstance(told, str) else None
