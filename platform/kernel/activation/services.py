"""Switching modules on and off, and the one question everybody asks: is it on here?"""

from __future__ import annotations

from kernel import registry
from kernel.activation.errors import ModuleIsBuiltIn, ModuleIsNeeded, ModuleNeedsOthers
from kernel.activation.models import ModuleSwitch
from kernel.audit.recording import recorded
from kernel.manifest import Module
from kernel.snapshots import Snapshot
from kernel.tenancy import HUB, current_schema
from kernel.viewer import Viewer


def active_codes() -> frozenset[str]:
    """Codes of the modules that are on in this municipality, the built-in parts among them.

    A module that is installed but was never switched is off. Kept by each process until a switch is turned.
    """
    return _codes.get()


def is_active(code: str) -> bool:
    return code in active_codes()


def forget() -> None:
    """Drop the remembered answer; the next question reads the table."""
    _codes.changed()


def switch(code: str, *, on: bool, by: Viewer, reason: str = "") -> ModuleSwitch:
    """Switch a module on or off. What it wrote stays; nothing of it is shown, answered or delivered while off.

    Refuses `ModuleIsBuiltIn`, `ModuleIsNeeded` (an active module depends on it) and `ModuleNeedsOthers`.
    """
    by.require("activation.switch")
    module = registry.module(code)
    if not module.optional:
        raise ModuleIsBuiltIn(module=module.title)
    with recorded(by=by, reason=reason):
        active = _locked_active()
        if on:
            missing = [registry.module(one) for one in module.depends_on if not _is_on(one, active)]
            if missing:
                raise ModuleNeedsOthers(module=module.title, needs=_titles(missing))
        else:
            needed_by = [
                one for one in registry.modules() if code in one.depends_on and one.code in active
            ]
            if needed_by:
                raise ModuleIsNeeded(module=module.title, needed_by=_titles(needed_by))
        row, created = ModuleSwitch.objects.get_or_create(code=code, defaults={"is_on": on})
        if not created and row.is_on != on:
            row.is_on = on
            row.save(update_fields=["is_on"])
        forget()
    return row


def _load() -> frozenset[str]:
    here = "hub" if current_schema() == HUB else "town"
    switched = set(ModuleSwitch.objects.filter(is_on=True).values_list("code", flat=True))
    return frozenset(
        one.code
        for one in registry.modules()
        if one.house in (here, "both") and (not one.optional or one.code in switched)
    )


_codes: Snapshot[frozenset[str]] = Snapshot("activation.codes", _load)


def _locked_active() -> set[str]:
    rows = list(ModuleSwitch.objects.select_for_update().order_by("code"))
    return {row.code for row in rows if row.is_on}


def _is_on(code: str, active: set[str]) -> bool:
    return code in active or not registry.module(code).optional


def _titles(modules: list[Module]) -> str:
    return "، ".join(str(module.title) for module in modules)
