"""The municipality's name for mails and authenticator apps.

Identity stands below the profile, so the profile brings its name here at start.
"""

from __future__ import annotations

from collections.abc import Callable

_name: Callable[[], str] = str


def set_town_name(name: Callable[[], str]) -> None:
    """Given once by `kernel.profile` at start."""
    global _name
    _name = name


def town_name() -> str:
    """The municipality's name in the reader's language; empty before it has a profile."""
    return _name()
