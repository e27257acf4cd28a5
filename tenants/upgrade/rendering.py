"""The SQL of a release, made once: the missing migrations are run in a schema of its own, and listened to.

What Django really said there is what every municipality is told. A migration with Python in it cannot be told as
text; it is run by Django in each municipality, and the plan names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from django.db import connection
from django.db.migrations import Migration, RunPython, SeparateDatabaseAndState
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.utils.translation import gettext_lazy as _

from kernel.errors import Unavailable
from kernel.tenancy import TEMPLATE, as_owner, use, use_shared
from tenants.models import Release
from tenants.owner import owner
from tenants.release import PLACE, dump_schema
from tenants.states import applied_in, catalogues, differences

SCRATCH = "template_scratch"
PROOF = "template_scratch_proof"
_READS_ONLY = re.compile(
    r"\s*(?:SELECT|SHOW|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)\b", re.IGNORECASE
)
_MAKES = re.compile(r"\bCREATE\b(?!\s+(?:UNIQUE\s+)?INDEX\b)|\bIDENTITY\b|\bGRANT\b", re.IGNORECASE)


class PlanDiffers(Unavailable):
    """The text does not lead to the template's tables: it is not run anywhere."""

    code = "plan_differs"
    sentence = _(
        "The migrations of this release do not make the template's tables, so no municipality was touched: %(why)s"
    )


@dataclass(frozen=True)
class Step:
    """One migration. `text` is what to say; with `by_django` it is run by Django instead."""

    app: str
    name: str
    text: str
    by_django: bool = False

    def __str__(self) -> str:
        return f"{self.app}.{self.name}"

    def at(self, schema: str) -> str:
        return self.text.replace(PLACE, f'"{schema}"')


@dataclass(frozen=True)
class Plan:
    """The way from one state to the newest: its steps, what must be in a schema at the end, and who may not go it."""

    steps: tuple[Step, ...]
    after: str
    drifted: dict[str, str]

    @property
    def makes_objects(self) -> bool:
        """Whether there may be something afterwards to which the municipality's role has no right yet: anything but
        columns, constraints and indexes of tables that it has."""
        return any(step.by_django or _MAKES.search(step.text) for step in self.steps)


def plan_from(state: str, towns: Sequence[str], *, prove: bool = True) -> Plan:
    """The steps from a state to the template's, tried in a scratch schema before anybody is touched.

    `towns` are the municipalities in that state; those whose tables are not what their migrations make are named
    as drifted, with the differences. The text of a release that is not kept is read from the first of them.
    Refuses `PlanDiffers`.
    """
    text = _text_of(state, towns[0])
    # The schema in which the text will be proved is made meanwhile: among many municipalities that takes a second.
    with ThreadPoolExecutor(max_workers=1) as beside:
        try:
            proof = beside.submit(_fresh, text, PROOF) if prove else None
            _fresh(text, SCRATCH)
            drifted = _drifted(towns)
            steps = tuple(_listen())
            after = catalogues([SCRATCH])[SCRATCH]
            if proof is not None:
                proof.result()
                _prove(steps, after)
        finally:
            wait([proof] if proof is not None else [])
            _drop(SCRATCH, PROOF)
    return Plan(steps, after, drifted)


def _drifted(towns: Sequence[str]) -> dict[str, str]:
    really = catalogues([*towns, SCRATCH])
    others = [name for name in towns if really.get(name) != really[SCRATCH]]
    with owner() as said:
        return {name: "; ".join(differences(name, SCRATCH, of=said)) for name in others}


def _text_of(state: str, example: str) -> Release:
    with use_shared():
        known = Release.objects.filter(fingerprint=state).first()
    return known or dump_schema(example, applied_in(example))


def _fresh(text: Release, schema: str) -> None:
    """The tables of that release in an empty schema. By a connection of its own: it may run in a thread."""
    _drop(schema)
    with owner() as said, said.transaction():
        said.execute(f'CREATE SCHEMA "{schema}"')
        for part in (text.ddl, text.rows):
            said.execute(part.replace(PLACE, f'"{schema}"'))  # type: ignore[arg-type]


def _drop(*schemas: str) -> None:
    with owner() as said:
        for schema in schemas:
            said.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')


def _prove(steps: tuple[Step, ...], reached: str) -> None:
    """Run the text as it will be run, and compare with the template."""
    wanted, proved = catalogues([TEMPLATE])[TEMPLATE], SCRATCH
    if reached == wanted and not any(step.by_django for step in steps):
        proved = PROOF
        with owner() as said:
            for step in steps:
                with said.transaction():
                    said.execute(f'SET LOCAL search_path = "{PROOF}", extensions')
                    if step.text:
                        said.execute(step.at(PROOF))  # type: ignore[arg-type]
        reached = catalogues([PROOF])[PROOF]
    if reached != wanted:
        with owner() as said:
            raise PlanDiffers(why="; ".join(differences(proved, TEMPLATE, of=said)))


def _listen() -> Iterator[Step]:
    heard: list[str] = []
    steps: list[Step] = []

    def told(action: str, migration: Migration | None = None, fake: bool = False) -> None:
        del fake
        if action == "apply_start":
            heard.clear()
        if action == "apply_success" and migration is not None:
            python = not migration.atomic or any(_is_python(one) for one in migration.operations)
            text = "" if python else _joined(heard)
            steps.append(Step(migration.app_label, migration.name, text, by_django=python))

    with as_owner(), use(SCRATCH):
        executor = MigrationExecutor(connection, cast(Any, told))
        with _listening(heard):
            executor.migrate(executor.loader.graph.leaf_nodes())
    return iter(steps)


def _is_python(operation: Operation) -> bool:
    if isinstance(operation, SeparateDatabaseAndState):
        return any(_is_python(one) for one in operation.database_operations)
    return isinstance(operation, RunPython) and operation.code is not RunPython.noop


def _joined(heard: list[str]) -> str:
    text = ";\n".join(one.strip().rstrip(";") for one in heard)
    text = re.sub(rf'"?\b{SCRATCH}\b"?', PLACE, text)
    return f"{text};" if text else ""


@contextmanager
def _listening(heard: list[str]) -> Iterator[None]:
    """Write down what changes something; what only asks is left out, except when a migration itself says it."""
    spoken = {"by": 0}
    usual = connection.SchemaEditorClass

    class Editor(usual):  # type: ignore[misc, valid-type]
        def execute(self, *args: Any, **kwargs: Any) -> Any:
            spoken["by"] += 1
            try:
                return super().execute(*args, **kwargs)
            finally:
                spoken["by"] -= 1

    def wrapper(
        execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        done = execute(sql, params, many, context)
        text = cast(Any, connection.ops).compose_sql(str(sql), params) if params else str(sql)
        if (spoken["by"] or not _READS_ONLY.match(text)) and "django_migrations" not in text:
            heard.append(text)
        return done

    connection.SchemaEditorClass = Editor  # type: ignore[misc]
    try:
        with connection.execute_wrapper(wrapper):
            yield
    finally:
        connection.SchemaEditorClass = usual  # type: ignore[misc]
