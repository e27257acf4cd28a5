"""Manifests are plain data whose dotted names lead somewhere, and whose doubles and unknowns are refused."""

from __future__ import annotations

import dataclasses
from importlib import import_module
from typing import Any

import pytest

from kernel import registry
from kernel.manifest import Module, Permission
from kernel.registry import BadManifest, arrange

MODULES = {module.code: module for module in registry.modules()}


def _dotted_names() -> list[Any]:
    found = []
    for module in registry.modules():
        names = [
            one.provider
            for one in (
                *module.ports,
                *module.tiles,
                *module.indicators,
                *module.panels,
                *module.search_sources,
                *module.file_guards,
            )
        ]
        names += [one.port for one in module.ports]
        names += [one.handler for one in module.handlers]
        names += [one.runner for one in module.jobs]
        names += [*module.seeds, *module.demo]
        found += [pytest.param(module, name, id=f"{module.code}:{name}") for name in names]
    return found


@pytest.mark.parametrize(("module", "dotted"), _dotted_names())
def test_a_dotted_name_leads_somewhere_in_its_own_module_or_the_kernel(
    module: Module, dotted: str
) -> None:
    assert registry.load(dotted) is not None
    if module.optional:
        assert dotted.startswith((f"modules.{module.code}.", "kernel."))


@pytest.mark.parametrize("code", sorted(MODULES))
def test_url_modules_can_be_loaded(code: str) -> None:
    module = MODULES[code]
    for dotted in filter(None, (module.page_urls, module.citizen_urls, module.api_urls)):
        assert import_module(dotted).urlpatterns


@pytest.mark.parametrize("code", sorted(MODULES))
def test_menu_tiles_and_panels_ask_for_declared_permissions(code: str) -> None:
    module = MODULES[code]
    wanted = {
        one.permission
        for one in (*module.menu, *module.tiles, *module.panels, *module.search_sources)
    }
    wanted |= {one for role in module.roles for one in role.permissions}
    assert wanted - {""} <= set(registry.permissions())


@pytest.mark.parametrize("code", sorted(MODULES))
def test_a_permission_has_a_sentence(code: str) -> None:
    for permission in MODULES[code].permissions:
        assert str(permission.sentence).endswith(".")
        assert permission.code.count(".") == 1


@pytest.mark.parametrize("code", sorted(MODULES))
def test_events_listened_to_are_declared_somewhere(code: str) -> None:
    for listener in MODULES[code].handlers:
        registry.load(listener.handler)
        from kernel.events.declaring import _known

        assert listener.event in _known


def test_a_manifest_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        MODULES["kernel"].code = "other"  # type: ignore[misc]


def test_two_modules_of_one_name_are_refused() -> None:
    with pytest.raises(BadManifest, match="Two modules"):
        arrange([Module(code="a", title="a"), Module(code="a", title="a")])


def test_an_unknown_dependency_is_refused() -> None:
    with pytest.raises(BadManifest, match="needs 'b'"):
        arrange([Module(code="a", title="a", depends_on=("b",))])


def test_a_circle_is_refused() -> None:
    with pytest.raises(BadManifest, match="circle"):
        arrange(
            [
                Module(code="a", title="a", depends_on=("b",)),
                Module(code="b", title="b", depends_on=("a",)),
            ]
        )


def test_a_doubly_declared_permission_is_refused() -> None:
    one = Permission(code="a.b", title="t", sentence="s.")
    with pytest.raises(BadManifest, match=r"permission 'a\.b'"):
        arrange(
            [
                Module(code="a", title="a", permissions=(one,)),
                Module(code="b", title="b", permissions=(one,)),
            ]
        )


def test_dependencies_come_first() -> None:
    ordered = arrange([Module(code="a", title="a", depends_on=("b",)), Module(code="b", title="b")])
    assert [one.code for one in ordered] == ["b", "a"]
