"""What the house and its modules bring to a municipality: planted when it is made, when a module is switched on, and
by each release that brings something new.

Seeds are rerunnable: they add what is not there, and never change what the municipality made of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from kernel import registry
from kernel.activation.models import ModuleSwitch
from kernel.activation.services import active_codes, forget, switch
from kernel.audit.recording import recorded
from kernel.profile.models import ONLY_ID, Profile
from kernel.profile.selectors import snapshot
from kernel.viewer import Viewer

_SOURCES = ("manifest.py", "house.py", "**/seeds.py", "**/data/**/*")


def plant_all(*, by: Viewer) -> None:
    """The seeds of every module that is on in a municipality at work, and the mark of what was planted."""
    plant(Profile.objects.select_for_update().get(id=ONLY_ID), active_codes())
    with recorded(by=by):
        Profile.objects.filter(id=ONLY_ID).update(seeds_mark=seeds_mark())
        snapshot.changed()


def plant(profile: Profile, codes: Collection[str]) -> None:
    """The seeds of these modules, in the order in which they stand on one another."""
    for module in registry.modules():
        if module.code in codes:
            for dotted in module.seeds:
                seed: Callable[[Profile], None] = registry.load(dotted)
                seed(profile)


def switch_module(code: str, *, on: bool, by: Viewer, reason: str = "") -> ModuleSwitch:
    """Switch a module; one that is switched on finds planted what it begins with. Refuses what `switch` refuses."""
    try:
        with recorded(by=by, reason=reason):
            row = switch(code, on=on, by=by, reason=reason)
            if on:
                plant(Profile.objects.get(id=ONLY_ID), {code})
    except BaseException:
        forget()  # what was read meanwhile is undone
        raise
    return row


@cache
def seeds_mark() -> str:
    """The name of all that there is to plant: another file of seeds, another mark."""
    digest = hashlib.sha256()
    for path in sorted(_files()):
        digest.update(f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _files() -> set[Path]:
    names = {one.rpartition(".")[0] for one in settings.HOUSE_MANIFESTS} | {
        *settings.MODULE_PACKAGES
    }
    found: set[Path] = set()
    for name in names:
        spec = find_spec(name)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            for pattern in _SOURCES:
                found |= {one for one in Path(place).glob(pattern) if one.is_file()}
    return found
