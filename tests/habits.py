"""Habits of the house that no general linter knows, each as a function over one file's syntax tree.

`tests/test_habits.py` runs them over every file and proves on a bad example that each one bites.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("platform", "tenants", "modules", "api", "frontend")
LONGEST_FILE = 400
SHAPELESS = {"utils.py", "helpers.py", "common.py", "signals.py", "misc.py"}
RULES = {
    "services",
    "selectors",
    "models",
    "events",
    "errors",
    "constants",
    "dues",
    "ports",
    "desk",
}
WEB = (
    "django.http",
    "django.shortcuts",
    "django.views",
    "django.urls",
    "django.forms",
    "django.contrib.auth.decorators",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "frontend",
    "api",
)
# Rooms of the kernel with adapters to the web: sign-in pages, and what the test client needs.
WEB_IN_THE_KERNEL = ("identity", "testing")
THREADS = {"Thread", "Timer", "ThreadPoolExecutor", "ProcessPoolExecutor"}
# Threads that feed other programmes' pipes and connections of their own, and ask for no row of the house.
MOVES_BYTES = (("tenants", "portability"), ("tenants", "upgrade"))
MANIFEST_SOURCES = (
    "kernel.manifest",
    "django.utils.translation",
    "__future__",
    "decimal",
    "datetime",
)

Habit = Callable[[Path, ast.Module], Iterator[str]]


def source_files() -> Iterator[Path]:
    """Every Python file of the floors, without migrations; paths as the tests name them."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts and "node_modules" not in path.parts:
                yield path.relative_to(ROOT)


def is_test(path: Path) -> bool:
    """Whether a file is part of the tests or of their tools."""
    return "tests" in path.parts or "testing" in path.parts


def has_a_telling_name(path: Path, tree: ast.Module) -> Iterator[str]:
    """A file says by its name what is in it."""
    del tree
    if path.name in SHAPELESS:
        yield f"{path}: name the file after what is in it, not {path.name}"


def is_short(path: Path, tree: ast.Module) -> Iterator[str]:
    """A file past four hundred lines becomes a package by noun."""
    del tree
    if not (ROOT / path).is_file():
        return
    lines = len((ROOT / path).read_text().splitlines())
    if lines > LONGEST_FILE and not is_test(path):
        yield f"{path}: {lines} lines; past {LONGEST_FILE} a file becomes a package by noun"


def keeps_rules_off_the_web(path: Path, tree: ast.Module) -> Iterator[str]:
    """Services, selectors and models, and the kernel, know no request and no response."""
    if is_test(path) or not _holds_rules(path):
        return
    for line, name in imported_names(tree):
        if any(name == web or name.startswith(f"{web}.") for web in WEB):
            yield f"{path}:{line}: rules know no web framework, but this imports {name}"


def does_not_override_save(path: Path, tree: ast.Module) -> Iterator[str]:
    """A write is a verb in services; nothing happens behind a model's back."""
    if is_test(path):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and "models" in path.with_suffix("").parts:
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name in {"save", "delete"}:
                    yield f"{path}:{inner.lineno}: no {inner.name}() on a model; write a service"


def sends_no_signals(path: Path, tree: ast.Module) -> Iterator[str]:
    """What happened is an event in the outbox, not a signal."""
    if is_test(path) or path.parts[:3] == ("platform", "kernel", "identity"):
        return
    for line, name in imported_names(tree):
        if name.startswith(("django.db.models.signals", "django.dispatch", "django.core.signals")):
            yield f"{path}:{line}: no signals; emit an event ({name})"


def starts_no_bare_thread(path: Path, tree: ast.Module) -> Iterator[str]:
    """A new thread has no municipality: only the tenancy layer may start one."""
    if is_test(path) or path.parts[:3] == ("platform", "kernel", "tenancy"):
        return
    for line, name in imported_names(tree):
        if name.rsplit(".", 1)[-1] in THREADS and path.parts[:2] not in MOVES_BYTES:
            yield f"{path}:{line}: a bare thread has no municipality; spawn() or TownExecutor of kernel.tenancy"
    for node in ast.walk(tree) if path.parts[:2] not in MOVES_BYTES else ():
        if isinstance(node, ast.Attribute) and node.attr in THREADS:
            yield f"{path}:{node.lineno}: a bare thread has no municipality; spawn() or TownExecutor of kernel.tenancy"


def enters_towns_by_use_alone(path: Path, tree: ast.Module) -> Iterator[str]:
    """`with tenant:` and the context managers of django-tenants share their memory between threads."""
    if is_test(path):
        return
    for line, name in imported_names(tree):
        if name.startswith("django_tenants.utils"):
            yield f"{path}:{line}: enter a municipality with kernel.tenancy.use, not {name}"
    for node in ast.walk(tree):
        for item in node.items if isinstance(node, ast.With | ast.AsyncWith) else ():
            entered = item.context_expr
            name = getattr(entered, "id", getattr(entered, "attr", ""))
            if name in {"tenant", "municipality", "town", "hub"}:
                yield f"{path}:{node.lineno}: with {name}: shares its memory between threads; use kernel.tenancy.use"


def remembers_nothing_of_a_town(path: Path, tree: ast.Module) -> Iterator[str]:
    """What a process remembers is the same in every municipality, or is asked for by its schema."""
    if is_test(path):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(map(_remembers, node.decorator_list)):
            first = node.args.args[0].arg if node.args.args else ""
            for inner in ast.walk(node) if first != "schema" else ():
                if _reads_a_town(inner):
                    yield (
                        f"{path}:{inner.lineno}: {node.name} would remember one municipality's rows for all;"
                        " take `schema` first, or use the cache"
                    )


def reaches_no_raw_connection(path: Path, tree: ast.Module) -> Iterator[str]:
    """The connection under Django's does not know the municipality."""
    if is_test(path) or path.parts[0] == "tenants" or path.parts[:2] == ("platform", "config"):
        return
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "connection"
            and isinstance(node.value, ast.Name | ast.Attribute)
            and getattr(node.value, "id", getattr(node.value, "attr", "")) == "connection"
        ):
            yield f"{path}:{node.lineno}: connection.connection goes round the tenancy layer"


def opens_pdfs_here_alone(path: Path, tree: ast.Module) -> Iterator[str]:
    """PDFium must not be called by two threads at once: one file holds the lock for all."""
    if is_test(path) or path == Path("platform/kernel/files/pdfs.py"):
        return
    for line, name in imported_names(tree):
        if name.split(".")[0].startswith("pypdfium2"):
            yield f"{path}:{line}: PDFs are opened with kernel.files.pdfs, which holds PDFium's lock"


def declares_plain_data(path: Path, tree: ast.Module) -> Iterator[str]:
    """A manifest is plain data: declarations, lazy texts, constants of its own module.

    A private function may spare repetition; it is no door.
    """
    if path.name != "manifest.py" or path.parts[:2] == ("platform", "kernel"):
        return
    own = ".".join(path.parts[:2]) if path.parts[0] == "modules" else path.parts[0]
    for line, name in imported_names(tree):
        if not name.startswith((*MANIFEST_SOURCES, f"{own}.")):
            yield f"{path}:{line}: a manifest is plain data, but this imports {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{path}:{node.lineno}: a manifest is plain data; {node.name} belongs elsewhere"


HABITS: tuple[Habit, ...] = (
    has_a_telling_name,
    is_short,
    keeps_rules_off_the_web,
    does_not_override_save,
    sends_no_signals,
    starts_no_bare_thread,
    reaches_no_raw_connection,
    enters_towns_by_use_alone,
    remembers_nothing_of_a_town,
    opens_pdfs_here_alone,
    declares_plain_data,
)


def imported_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, `from a import b` as a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def _remembers(decorator: ast.expr) -> bool:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(named, "id", getattr(named, "attr", "")) in {"cache", "lru_cache"}


def _reads_a_town(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in {"objects", "_default_manager", "_base_manager"}
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
        "current_schema",
        "profile",
        "active_codes",
        "working_calendar",
        "term",
    }


def _holds_rules(path: Path) -> bool:
    parts = path.with_suffix("").parts
    if parts[:2] == ("platform", "kernel"):
        return parts[2] not in WEB_IN_THE_KERNEL
    return parts[0] == "modules" and len(parts) > 2 and parts[2] in RULES
