"""Writes to the profile: seeded once, then kept by the municipality."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import models

from kernel.audit.recording import recorded
from kernel.profile.colours import READABLE, contrast, is_colour
from kernel.profile.errors import (
    BadChoice,
    BadColour,
    BadTimezone,
    BadWeekend,
    ColourTooFaint,
    NameMissing,
    NoProfile,
    ProfileChanged,
    TextTooLong,
)
from kernel.profile.models import ONLY_ID, Profile
from kernel.profile.selectors import snapshot
from kernel.viewer import Viewer

# Decided by the register (stage, kind, demonstration) or by the database, not by the municipality.
_NOT_OURS = frozenset(
    {"id", "uid", "created_at", "version", "stage", "kind", "is_demo", "seeds_mark"}
)
_FIELDS = frozenset(field.name for field in Profile._meta.concrete_fields)


def seed_profile(*, by: Viewer, **values: Any) -> Profile:
    """Write the profile of a new municipality; a second seeding changes nothing."""
    _check(values)
    with recorded(by=by):
        found, _created = Profile.objects.get_or_create(id=ONLY_ID, defaults=values)
        snapshot.changed()
    return found


def save_profile(*, by: Viewer, version: int | None = None, **changes: Any) -> Profile:
    """Change what is given. With the `version` that the writer saw, a change made meanwhile is refused.

    Refuses `ProfileChanged`, `NameMissing`, `BadColour`, `ColourTooFaint`, `BadWeekend`, `BadTimezone`,
    `BadChoice` and `TextTooLong`.
    """
    by.require("profile.manage")
    unknown = set(changes) - (_FIELDS - _NOT_OURS)
    if unknown:
        raise TypeError(f"not for the municipality to change: {sorted(unknown)}")
    return _write(changes, version=version, by=by)


def keep_in_step(*, by: Viewer, **changes: Any) -> Profile:
    """Take over what the register decides: stage, kind, demonstration. For the hub's own work only."""
    if not by.is_system or set(changes) - {"stage", "kind", "is_demo", "public_base_url"}:
        raise TypeError("only the register, and only what it decides")
    return _write(changes, version=None, by=by)


def _write(changes: dict[str, Any], *, version: int | None, by: Viewer) -> Profile:
    _check(changes)
    with recorded(by=by):
        row = Profile.objects.select_for_update().filter(id=ONLY_ID).first()
        if row is None:
            raise NoProfile()
        if version is not None and row.version != version:
            raise ProfileChanged()
        for name, value in changes.items():
            setattr(row, name, value)
        if changes:
            row.save(update_fields=list(changes))
            row.refresh_from_db(fields=["version"])
        snapshot.changed()
    return row


def _check(values: dict[str, Any]) -> None:
    if "name_ar" in values and not str(values["name_ar"]).strip():
        raise NameMissing()
    if "primary_colour" in values:
        values["primary_colour"] = _readable(str(values["primary_colour"]))
    if "weekend" in values:
        days = set(values["weekend"])
        if not days < set(range(1, 8)):
            raise BadWeekend()
        values["weekend"] = sorted(days)
    if "timezone" in values:
        try:
            ZoneInfo(values["timezone"])
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadTimezone(timezone=values["timezone"]) from None
    for name, value in values.items():
        _fits(Profile._meta.get_field(name), value)


def _readable(colour: str) -> str:
    colour = colour.strip().lower()
    if not is_colour(colour):
        raise BadColour()
    measured = contrast(colour)
    if measured < READABLE:
        raise ColourTooFaint(colour=colour, contrast=f"{measured:.1f}")
    return colour


def _fits(field: Any, value: Any) -> None:
    if not isinstance(field, models.CharField):
        return
    if field.choices and value not in dict(field.flatchoices):
        raise BadChoice(field=field.name, value=value)
    if field.max_length and len(str(value)) > field.max_length:
        raise TextTooLong(field=field.name, most=field.max_length)
