"""The text of a release made quick to run: what pg_dump says of a table in many statements is said where it is made.

pg_dump makes bare tables and adds their keys afterwards, each by a statement of its own, for which the database opens
the table anew and looks through its rows. Empty tables need none of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_NAME = r'(?:"[^"]+"|[\w@]+)\.(?:"[^"]+"|\w+)'
_TABLE = re.compile(rf"CREATE TABLE (?P<name>{_NAME}) \(\n(?P<body>.*)\n\)", re.DOTALL)
_IDENTITY = re.compile(
    rf"ALTER TABLE (?P<name>{_NAME}) ALTER COLUMN (?P<column>\S+) ADD (?P<clause>GENERATED .*)",
    re.DOTALL,
)
_CONSTRAINT = re.compile(
    rf"ALTER TABLE ONLY (?P<name>{_NAME})\n    ADD (?P<clause>CONSTRAINT \S+ (?P<kind>PRIMARY KEY|UNIQUE|EXCLUDE|FOREIGN KEY)\b.*)",
    re.DOTALL,
)
_REFERS = re.compile(rf"REFERENCES (?P<name>{_NAME})\((?P<columns>[^)]*)\)")
_PRIMARY = re.compile(r"PRIMARY KEY \((?P<columns>[^)]*)\)")
# Between dollar signs stands the body of a function; its semicolons end nothing, and neither do those of a literal.
_OPAQUE = re.compile(r"\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|'(?:[^']|'')*'", re.DOTALL)


@dataclass
class _Table:
    """A table with what other statements say of it."""

    name: str
    lines: list[str]
    parts: list[str] = field(default_factory=list)
    primary: str = ""
    refers: list[tuple[str, str, str]] = field(default_factory=list)

    def text(self) -> str:
        return f"CREATE TABLE {self.name} (\n" + ",\n".join([*self.lines, *self.parts]) + "\n)"


def join(text: str) -> str:
    """The same schema by fewer statements. What is not understood stays as it is and where it is."""
    hidden: list[str] = []

    def hide(found: re.Match[str]) -> str:
        hidden.append(found[0])
        return f"\0{len(hidden) - 1}\0"

    said = _joined(_OPAQUE.sub(hide, text))
    return re.sub(r"\0(\d+)\0", lambda found: hidden[int(found[1])], said)


def _joined(text: str) -> str:
    statements = [one for one in text.split(";\n") if one.strip()]
    tables: dict[str, _Table] = {}
    rest: list[str | _Table] = []
    for statement in statements:
        if made := _TABLE.fullmatch(statement.strip()):
            table = _Table(made["name"], made["body"].split(",\n"))
            tables[table.name] = table
            rest.append(table)
        elif not _takes(tables, statement.strip()):
            rest.append(statement)
    return "".join(f"{one.strip()};\n" for one in _in_order(rest, tables))


def _takes(tables: dict[str, _Table], statement: str) -> bool:
    """Whether a table made before has taken what the statement says."""
    if (found := _IDENTITY.fullmatch(statement)) and (table := tables.get(found["name"])):
        for at, line in enumerate(table.lines):
            if line.startswith(f"    {found['column']} "):
                table.lines[at] = f"{line} {found['clause']}"
                return True
    if (found := _CONSTRAINT.fullmatch(statement)) and (table := tables.get(found["name"])):
        if found["kind"] == "FOREIGN KEY":
            refers = _REFERS.search(found["clause"])
            if refers is None:
                return False
            table.refers.append((refers["name"], refers["columns"], found["clause"]))
            return True
        if found["kind"] == "PRIMARY KEY" and (primary := _PRIMARY.search(found["clause"])):
            table.primary = primary["columns"]
        table.parts.append(f"    {found['clause']}")
        return True
    return False


def _in_order(statements: list[str | _Table], tables: dict[str, _Table]) -> Iterator[str]:
    """Each table after those it refers to; keys that go round in a ring, or to no primary key, come at the end."""
    made: set[str] = set()
    under_way: set[str] = set()
    late: dict[str, list[str]] = {}

    def make(table: _Table) -> Iterator[str]:
        if table.name in made or table.name in under_way:
            return
        under_way.add(table.name)
        for name, _columns, _clause in table.refers:
            if name in tables:
                yield from make(tables[name])
        for name, columns, clause in table.refers:
            there = name == table.name or name in made
            if there and name in tables and tables[name].primary == columns:
                table.parts.append(f"    {clause}")
            else:
                late.setdefault(table.name, []).append(clause)
        made.add(table.name)
        yield table.text()

    for one in statements:
        if isinstance(one, _Table):
            yield from make(one)
        else:
            yield one
    for name, clauses in late.items():
        yield f"ALTER TABLE ONLY {name}\n" + ",\n".join(f"    ADD {one}" for one in clauses)
