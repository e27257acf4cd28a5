"""Addresses of the built assets, from Vite's manifest through django-vite."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django_vite.core.asset_loader import DjangoViteAssetLoader
from django_vite.core.exceptions import DjangoViteAssetNotFoundError, DjangoViteManifestError

SCRIPT = "frontend/sources/scripts/app.ts"
STYLE_RIGHT_TO_LEFT = "frontend/sources/styles/app.rtl.scss"
STYLE_LEFT_TO_RIGHT = "frontend/sources/styles/app.scss"
OFFLINE = "frontend/sources/scripts/offline/page.ts"
OFFLINE_WORKER = "frontend/sources/scripts/offline/worker.ts"
ICONS = "frontend/sources/icons.svg"
_FONTS = "node_modules/@fontsource/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic"
FONT_ARABIC = f"{_FONTS}-arabic-400-normal.woff2"
FONT_LATIN = f"{_FONTS}-latin-400-normal.woff2"


@cache
def asset_url(source: str) -> str:
    """The address of a built asset. Before the first build it is an address that gives 404, never an error:
    pages must render in tests that build nothing."""
    try:
        return str(DjangoViteAssetLoader.instance().generate_vite_asset_url(source))
    except (DjangoViteAssetNotFoundError, DjangoViteManifestError):
        return static(f"not-built/{source.rsplit('/', 1)[-1]}")


@cache
def built_files(source: str) -> tuple[str, ...]:
    """Addresses of a built asset and of all that it brings with it: shared scripts, fonts. None before a build."""
    found: list[str] = []
    known = _manifest()
    waiting = [source]
    while waiting:
        one = known.get(waiting.pop(0))
        if one is None or static(one["file"]) in found:
            continue
        found += [static(one["file"]), *(static(file) for file in one.get("assets", ()))]
        waiting += one.get("imports", ())
    return tuple(found)


@cache
def built_text(source: str) -> str:
    """A built script itself, for the address that must serve it; empty before the first build."""
    entry = _manifest().get(source)
    if entry is None:
        return ""
    return (_manifest_file().parent / str(entry["file"])).read_text("utf-8")


def _manifest_file() -> Path:
    return Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))


@cache
def _manifest() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(_manifest_file().read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found
