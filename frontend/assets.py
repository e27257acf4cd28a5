"""Addresses of the built assets, from Vite's manifest through django-vite."""

from __future__ import annotations

from functools import cache

from django.templatetags.static import static
from django_vite.core.asset_loader import DjangoViteAssetLoader
from django_vite.core.exceptions import DjangoViteAssetNotFoundError, DjangoViteManifestError

SCRIPT = "frontend/sources/scripts/app.ts"
STYLE_RIGHT_TO_LEFT = "frontend/sources/styles/app.rtl.scss"
STYLE_LEFT_TO_RIGHT = "frontend/sources/styles/app.scss"
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
