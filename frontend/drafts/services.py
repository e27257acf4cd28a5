"""Keeping, giving back and dropping drafts. A draft belongs to who typed it; nobody else ever sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frontend.models import Draft
from kernel.errors import InvalidInput, NotVisible
from kernel.tasks import tenant_task
from kernel.viewer import Viewer

MOST_BYTES = 200_000
MOST_DRAFTS = 50
KEPT_HOURS = 72
# Never kept in a draft, whatever a form calls it.
_SECRET = ("password", "csrf", "submission_key", "code")


class DraftTooLarge(InvalidInput):
    code = "draft_too_large"
    sentence = _("This draft is too large to be kept.")


def keep_draft(key: str, payload: dict[str, Any], *, by: Viewer) -> Draft:
    """Keep the latest state of a form; the oldest of too many drafts is dropped."""
    clean = {
        name: value
        for name, value in payload.items()
        if not any(part in name.lower() for part in _SECRET)
    }
    if sum(len(str(value)) for value in clean.values()) > MOST_BYTES or len(key) > 200:
        raise DraftTooLarge()
    draft, _created = Draft.objects.update_or_create(
        user_id=_own(by), key=key, defaults={"payload": clean, "saved_at": timezone.now()}
    )
    newest = (
        Draft.objects.filter(user_id=_own(by)).order_by("-saved_at").values_list("id", flat=True)
    )
    Draft.objects.filter(user_id=_own(by)).exclude(id__in=list(newest[:MOST_DRAFTS])).delete()
    return draft


def draft_of(viewer: Viewer, key: str) -> Draft | None:
    """The viewer's own draft, if it is not too old."""
    since = timezone.now() - timedelta(hours=KEPT_HOURS)
    return Draft.objects.filter(user_id=_own(viewer), key=key, saved_at__gte=since).first()


def drop_draft(key: str, *, by: Viewer) -> None:
    """The form was sent, or its writer gave it up."""
    Draft.objects.filter(user_id=_own(by), key=key).delete()


@tenant_task(name="frontend.forget_old_drafts")
def forget_old_drafts() -> int:
    removed, _by_table = Draft.objects.filter(
        saved_at__lt=timezone.now() - timedelta(hours=KEPT_HOURS)
    ).delete()
    return removed


def _own(by: Viewer) -> int:
    """The account that drafts belong to; nobody without one keeps drafts on the server."""
    if by.user_id is None:
        raise NotVisible()
    return by.user_id
