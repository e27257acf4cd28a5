"""The one door to the municipality's profile."""

from __future__ import annotations

from django.db import Error

from kernel.profile.errors import NoProfile
from kernel.profile.models import ONLY_ID, Profile
from kernel.profile.names import full_name
from kernel.snapshots import Snapshot
from kernel.tenancy import SHARED, current_schema_or_none


def profile() -> Profile:
    """The active municipality's profile; no query while nothing changed. Not to be written to.

    Refuses `NoProfile` where provisioning has not come so far.
    """
    found = snapshot.get()
    if found is None:
        raise NoProfile()
    return found


def profile_to_change() -> Profile:
    """The row itself, fresh, for whoever edits it."""
    found = _load()
    if found is None:
        raise NoProfile()
    return found


def dialect() -> str:
    return str(profile().dialect)


def town_name() -> str:
    """The full name for mails and apps, in the reader's language; empty on the shared register and before there is a profile."""
    if current_schema_or_none() in {None, SHARED}:
        return ""
    try:
        found = snapshot.get()
    except Error:  # no database at hand (commands that only build): a name is not worth failing for
        return ""
    return full_name(found) if found else ""


def _load() -> Profile | None:
    return Profile.objects.filter(id=ONLY_ID).first()


snapshot: Snapshot[Profile | None] = Snapshot("profile", _load)
