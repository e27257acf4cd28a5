"""Which holds stand in the way."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from kernel.db import ReadyQuery, any_of
from kernel.errors import NotVisible
from kernel.holds.models import EVERYTHING, Hold
from kernel.viewer import Viewer

_standing = ReadyQuery(
    lambda: Hold.objects.filter(any_of("subject", 0, "text"), cleared_at=None).order_by("id")
)


def holds_on(subject_refs: Iterable[str], effect: str = "") -> list[Hold]:
    """Holds in force on any of the subjects that block this effect (or block everything), oldest first.

    Without an effect: all holds in force on them. One query; asked by gates on behalf of the house, so no viewer.
    """
    found = _standing.all(list(subject_refs))
    return [one for one in found if not effect or one.effect in (effect, EVERYTHING)]


def hold_history(viewer: Viewer, subject: str) -> QuerySet[Hold]:
    """Every hold that was ever on a subject, newest first. Whoever may see the subject may: the caller checks."""
    return Hold.objects.filter(subject=subject).order_by("-id")


def hold_for(viewer: Viewer, uid: UUID) -> Hold:
    """The hold of that uid; `NotVisible` when there is none."""
    hold = Hold.objects.filter(uid=uid).first()
    if hold is None:
        raise NotVisible()
    return hold
