"""Issue, read and withdraw integrators' keys."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from api.models import ApiKey
from kernel import registry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.db import ReadyQuery, Slot
from kernel.identity.models import User
from kernel.tenancy import current_schema
from kernel.viewer import Viewer

_PREFIX = "bk_"
_living = ReadyQuery(
    lambda: ApiKey.objects.select_related("account").filter(
        digest=Slot(0), revoked_at=None, account__is_active=True
    )
)


def issue_key(
    *, account: User, name: str, scopes: list[str], by: Viewer, expires_on: date | None = None
) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown once and kept nowhere.

    Refuses `NotPermitted`: also who gives a key of somebody else's account without the right to seat people, for
    the key would lend its maker powers that nobody gave.
    """
    by.require("api.manage_clients")
    if account.pk != by.user_id:
        by.require("organisation.manage")
    text = _PREFIX + secrets.token_urlsafe(32)
    with recorded(by=by):
        key = ApiKey.objects.create(
            account=account,
            name=name,
            prefix=text[:9],
            digest=digest_of(text),
            scopes=sorted(set(scopes)),
            expires_on=expires_on,
        )
    return key, text


def withdraw_key(key: ApiKey, *, by: Viewer, reason: str = "") -> None:
    """The key opens nothing from now on. Withdrawing twice does nothing more."""
    by.require("api.manage_clients")
    with recorded(by=by, reason=reason):
        ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())


def keys_of(viewer: Viewer) -> QuerySet[ApiKey]:
    """Every key of the municipality, the newest first. Refuses `NotPermitted`."""
    viewer.require("api.manage_clients")
    return ApiKey.objects.select_related("account").order_by("-id")


def known_scopes() -> tuple[str, ...]:
    """What a key can be narrowed to: the kernel's registers, its own webhooks, and each module that has an interface."""
    names = ["parties", "places", "files", "webhooks"]
    names += [module.code for module in registry.modules() if module.api_urls]
    return tuple(f"{name}:{verb}" for name in names for verb in ("read", "write"))


def digest_of(text: str) -> str:
    """What is kept of a key. The municipality is part of it, so that a row carried into another one opens nothing;
    the installation's secret is not, so that integrators keep their keys when a municipality moves."""
    return hashlib.sha256(f"api-key:{current_schema()}:{text}".encode()).hexdigest()


def key_of(text: str) -> ApiKey | None:
    """The living key of that text with its account, None for anything else. One query.

    A key lives to the end of its last day on the municipality's own clock.
    """
    if not text.startswith(_PREFIX) or len(text) > 100:
        return None
    key = _living.first(digest_of(text))
    if key is None or (key.expires_on is not None and key.expires_on < today()):
        return None
    return key
