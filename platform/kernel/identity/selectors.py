"""Reads of accounts and of their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet

from kernel.errors import NotVisible
from kernel.identity.models import User, canonical_username
from kernel.viewer import Viewer


@dataclass(frozen=True)
class OpenSession:
    """A session somebody can end: where from, with what, since when."""

    key: str
    ip: str
    user_agent: str
    started_at: datetime
    is_current: bool


def accounts(viewer: Viewer, *, text: str = "", closed: bool = False) -> QuerySet[User]:
    """The municipality's accounts by name. Refuses `NotPermitted` without `identity.manage`."""
    viewer.require("identity.manage")
    found = User.objects.filter(is_active=not closed).order_by("name_ar", "id")
    if text:
        found = found.filter(
            Q(username__icontains=text)
            | Q(name_ar__icontains=text)
            | Q(name_en__icontains=text)
            | Q(email__icontains=text)
        )
    return found


def staff_names() -> list[str]:
    """Names of the municipality's staff, as its papers write them: known to all who work there."""
    found = User.objects.filter(is_active=True).order_by("name_ar", "id")
    return list(dict.fromkeys(found.values_list("name_ar", flat=True)))


def accounts_to_act_as(viewer: Viewer) -> QuerySet[User]:
    """Open accounts whose rights this viewer may lend to a programme: the own one, or all by who seats people."""
    found = User.objects.filter(is_active=True).order_by("name_ar", "id")
    if viewer.may("organisation.manage"):
        return found
    return found.none() if viewer.user_id is None else found.filter(pk=viewer.user_id)


def account_for(viewer: Viewer, uid: Any) -> User:
    """One account: one's own, or any by who keeps the accounts; `NotVisible` otherwise."""
    user = User.objects.filter(uid=uid).first()
    if user is None or not (viewer.user_id == user.pk or viewer.may("identity.manage")):
        raise NotVisible()
    return user


def user_named(username: str) -> User | None:
    """The account of that user name in whatever letters, or None. For commands and seeds."""
    return User.objects.filter(username=canonical_username(username)).first()


def sessions_of(viewer: Viewer, user: User, *, current_key: str = "") -> list[OpenSession]:
    """Sessions that are really open, newest first; what has lapsed is swept out on the way."""
    if viewer.user_id != user.pk:
        viewer.require("identity.manage")
    rows = sorted(
        UserSession.objects.purge_and_list(user),
        key=lambda row: row.created_at,
        reverse=True,
    )
    return [
        OpenSession(
            key=row.session_key,
            ip=row.ip,
            user_agent=row.user_agent,
            started_at=row.created_at,
            is_current=row.session_key == current_key,
        )
        for row in rows
    ]


def has_second_factor(user: User) -> bool:
    """Whether signing in to this account needs more than the password."""
    factors = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=factors).exists())
