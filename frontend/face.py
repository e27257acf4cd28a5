"""What every page knows: the municipality's name and colours, the reader's language, theme and menu.

Lazy: a page that shows none of it asks nothing. It never fails: the pages that tell of failures use it too.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from frontend import assets
from frontend.colours import band_of
from frontend.navigation import MenuGroup, menu_for
from kernel.organisation.selectors import viewer_for
from kernel.profile.errors import NoProfile
from kernel.profile.models import Profile
from kernel.profile.names import full_name, own_letter
from kernel.profile.selectors import profile
from kernel.tenancy import NoTenant, current_schema_or_none

THEMES = ("light", "dark", "auto")
DENSITIES = ("comfortable", "compact")
TEXT_SIZES = ("normal", "large")
NAVIGATIONS = ("wide", "narrow")


class Face:
    """The context variable `face` of every template."""

    stylesheets: ClassVar[dict[str, str]] = {
        "rtl": assets.STYLE_RIGHT_TO_LEFT,
        "ltr": assets.STYLE_LEFT_TO_RIGHT,
    }

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def language(self) -> str:
        return "en" if (get_language() or "ar").startswith("en") else "ar"

    @property
    def direction(self) -> str:
        return "ltr" if self.language == "en" else "rtl"

    @property
    def stylesheet(self) -> str:
        return self.stylesheets[self.direction]

    @property
    def font(self) -> str:
        return assets.FONT_ARABIC if self.language == "ar" else assets.FONT_LATIN

    @property
    def map_tiles(self) -> str:
        """Where the pictures of a map come from; empty: a plain grid."""
        return str(settings.MAP_TILES_URL)

    @property
    def map_credit(self) -> str:
        return str(settings.MAP_TILES_CREDIT)

    @property
    def theme(self) -> str:
        return self._preference("theme", THEMES)

    @property
    def density(self) -> str:
        return self._preference("density", DENSITIES)

    @property
    def text_size(self) -> str:
        return self._preference("text", TEXT_SIZES)

    @property
    def nav(self) -> str:
        chosen = self._request.COOKIES.get("nav", "")
        return chosen if chosen in NAVIGATIONS else NAVIGATIONS[0]

    @cached_property
    def _profile(self) -> Profile | None:
        if current_schema_or_none() is None:
            return None
        try:
            return profile()
        except (NoTenant, NoProfile, DatabaseError):
            return None

    @property
    def town(self) -> str:
        """The municipality's full name: «بلدية خان يونس»."""
        return _("Baladiyat") if self._profile is None else full_name(self._profile)

    @property
    def town_letter(self) -> str:
        """The first letter of the town's own name, where it has no emblem yet."""
        return own_letter(self._profile) if self._profile else self.town[:1]

    @property
    def is_demo(self) -> bool:
        return bool(self._profile and self._profile.is_demo)

    @property
    def phone(self) -> str:
        return self._profile.phone if self._profile else ""

    @property
    def address(self) -> str:
        return self._profile.address_ar if self._profile else ""

    @property
    def letterhead(self) -> list[str]:
        return list(self._profile.letterhead) if self._profile else []

    @property
    def emblem_url(self) -> str:
        if not self._profile or not self._profile.emblem:
            return ""
        return f"{_address('files:emblem')}?v={str(self._profile.emblem)[:8]}"

    @property
    def colours_url(self) -> str:
        """The small stylesheet of the municipality's colour; its address changes with the colour."""
        if not self._profile or band_of(self._profile.primary_colour) is None:
            return ""
        return f"{_address('theme:colours')}?v={sha256(self._profile.primary_colour.encode()).hexdigest()[:8]}"

    @property
    def is_staff(self) -> bool:
        """Somebody is logged in; asked without touching the database."""
        session = getattr(self._request, "session", None)
        return bool(session is not None and SESSION_KEY in session)

    @property
    def user_name(self) -> str:
        user = getattr(self._request, "user", None)
        return user.full_name if user is not None and user.is_authenticated else ""

    @property
    def owner(self) -> str:
        """Who works here, for what a browser keeps of each person apart (the offline desk)."""
        user = getattr(self._request, "user", None)
        return str(user.uid) if user is not None and user.is_authenticated else ""

    @cached_property
    def menu(self) -> list[MenuGroup]:
        viewer = getattr(self._request, "viewer", None)
        if viewer is None and self.is_staff and self._request.user.is_authenticated:
            viewer = viewer_for(self._request.user)
        return menu_for(viewer, self._request.path) if viewer is not None else []

    def _preference(self, name: str, allowed: tuple[str, ...]) -> str:
        chosen: Any = None
        user = getattr(self._request, "user", None) if self.is_staff else None
        try:
            if user is not None and user.is_authenticated:
                chosen = user.preferences.get(name)
        except (NoTenant, DatabaseError):
            chosen = None
        chosen = chosen or self._request.COOKIES.get(name)
        return chosen if chosen in allowed else allowed[0]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
