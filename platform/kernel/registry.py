"""Every module of the house, found once at start, in dependency order; refuses doubles and unknowns in sentences.

Settings name the built-in parts (`HOUSE_MANIFESTS`) and the module packages found on the shelf
(`MODULE_PACKAGES`, from `module_packages`). Nothing here touches the database; what is switched on in a
municipality is `kernel.activation`'s to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings

from kernel.manifest import (
    DocumentType,
    DuesKind,
    Handler,
    JobKind,
    Module,
    NumberSeries,
    Permission,
    PolicyKey,
    WebhookEvent,
)
from kernel.viewer import set_permission_titles


class BadManifest(Exception):
    """A manifest that cannot be right; the sentence says what to mend. Raised at start, never later."""


def module_packages(shelf: Path) -> tuple[str, ...]:
    """Dotted names of the folders on the shelf that carry a manifest (their Django apps), alphabetically."""
    return tuple(f"modules.{path.parent.name}" for path in sorted(shelf.glob("*/manifest.py")))


def arrange(found: Iterable[Module]) -> tuple[Module, ...]:
    """The modules in dependency order. Refuses doubles, unknown dependencies and circles with `BadManifest`."""
    by_code: dict[str, Module] = {}
    for module in found:
        if module.code in by_code:
            raise BadManifest(f"Two modules call themselves {module.code!r}.")
        by_code[module.code] = module
    ordered: list[Module] = []
    placed: set[str] = set()

    def place(module: Module, above: tuple[str, ...]) -> None:
        if module.code in placed:
            return
        if module.code in above:
            raise BadManifest(
                f"Modules depend on one another in a circle: {' > '.join((*above, module.code))}."
            )
        for needed in module.depends_on:
            if needed not in by_code:
                raise BadManifest(
                    f"Module {module.code!r} needs {needed!r}, which is not installed."
                )
            place(by_code[needed], (*above, module.code))
        placed.add(module.code)
        ordered.append(module)

    for module in sorted(by_code.values(), key=lambda one: (one.optional, one.code)):
        place(module, ())
    _refuse_doubles(ordered)
    return tuple(ordered)


def _refuse_doubles(ordered: Iterable[Module]) -> None:
    kinds: dict[str, Callable[[Module], Iterable[Any]]] = {
        "permission": lambda m: m.permissions,
        "policy key": lambda m: m.policy_keys,
        "document type": lambda m: m.document_types,
        "number series": lambda m: m.number_series,
        "kind of due": lambda m: m.dues_kinds,
        "job kind": lambda m: m.jobs,
        "role template": lambda m: m.roles,
        "webhook": lambda m: m.webhooks,
    }
    modules = list(ordered)
    for kind, pick in kinds.items():
        codes = Counter(one.code for module in modules for one in pick(module))
        for code, times in codes.items():
            if times > 1:
                raise BadManifest(f"The {kind} {code!r} is declared {times} times.")
    ports = Counter(one.port for module in modules for one in module.ports)
    for port, times in ports.items():
        if times > 1:
            raise BadManifest(f"The port {port!r} has {times} providers; one answers.")


@cache
def modules() -> tuple[Module, ...]:
    """All installed modules with the built-in parts first, in dependency order."""
    names = (*settings.HOUSE_MANIFESTS, *(f"{one}.manifest" for one in settings.MODULE_PACKAGES))
    return arrange(import_module(name).MODULE for name in names)


@cache
def _by_code() -> dict[str, Module]:
    return {module.code: module for module in modules()}


def module(code: str) -> Module:
    """The module of that code. `BadManifest` when there is none."""
    try:
        return _by_code()[code]
    except KeyError:
        raise BadManifest(f"No module is called {code!r}.") from None


@cache
def permissions() -> dict[str, Permission]:
    return {one.code: one for module in modules() for one in module.permissions}


@cache
def policy_keys() -> dict[str, PolicyKey]:
    return {one.code: one for module in modules() for one in module.policy_keys}


@cache
def document_types() -> dict[str, DocumentType]:
    return {one.code: one for module in modules() for one in module.document_types}


@cache
def number_series() -> dict[str, NumberSeries]:
    return {one.code: one for module in modules() for one in module.number_series}


@cache
def dues_kinds() -> dict[str, DuesKind]:
    return {one.code: one for module in modules() for one in module.dues_kinds}


@cache
def job_kinds() -> dict[str, JobKind]:
    return {one.code: one for module in modules() for one in module.jobs}


@cache
def job_owner(kind: str) -> str:
    return next(module.code for module in modules() for one in module.jobs if one.code == kind)


@cache
def handlers(event: str) -> tuple[tuple[str, Handler], ...]:
    """(module code, handler) of everybody who listens to the event."""
    return tuple(
        (module.code, one) for module in modules() for one in module.handlers if one.event == event
    )


@cache
def webhooks() -> dict[str, tuple[str, WebhookEvent]]:
    """What integrators may be told of, by type, each with its module's code."""
    return {one.code: (module.code, one) for module in modules() for one in module.webhooks}


def outbox_readers(active: frozenset[str] | set[str]) -> list[str]:
    """Dotted names of those who are shown each batch of events, of the modules that are on."""
    return [name for module in modules() if module.code in active for name in module.outbox_readers]


@cache
def provider(port: str) -> tuple[str, str] | None:
    """(module code, dotted provider) of the port, or None when no installed module provides it."""
    for module in modules():
        for one in module.ports:
            if one.port == port:
                return module.code, one.provider
    return None


@cache
def load(dotted: str) -> Any:
    """The object of a dotted name in a manifest, loaded once. `BadManifest` when it is not there."""
    path, _, name = dotted.rpartition(".")
    try:
        return getattr(import_module(path), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise BadManifest(
            f"A manifest names {dotted!r}, which cannot be loaded: {error}"
        ) from error


def permission_title(code: str) -> str:
    known = permissions().get(code)
    return str(known.title) if known else code


set_permission_titles(permission_title)
