"""Writes to accounts: open, correct, close, passwords, sessions.

What must not live here: rights (organisation), requests and pages (`adapters`, `middleware`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from kernel.audit.recording import recorded
from kernel.identity.errors import (
    AccountIsClosed,
    BadUsername,
    EmailTaken,
    NoSuchLanguage,
    OwnAccount,
    UsernameTaken,
    WeakPassword,
    WrongPassword,
)
from kernel.identity.models import Language, User, canonical_username
from kernel.identity.tokens import password_reset_tokens
from kernel.identity.town import town_name
from kernel.viewer import Viewer

MANAGE = "identity.manage"
_USERNAME = re.compile(r"^[\w.\-@+]{3,64}$")
_DETAILS = ("email", "name_ar", "name_en", "phone", "language")


def create_user(
    username: str,
    *,
    name_ar: str,
    by: Viewer,
    email: str = "",
    password: str | None = None,
    is_demo: bool = False,
    must_change_password: bool = False,
    **details: Any,
) -> User:
    """Open an account. Without a password nobody can sign in to it until its invitation is used.

    Refuses `BadUsername`, `UsernameTaken`, `EmailTaken` and `WeakPassword`. A demonstration account, which
    only the house itself opens, may have a password that is known to all.
    """
    by.require(MANAGE)
    username = canonical_username(username)
    email = email.strip().lower()
    if not _USERNAME.match(username):
        raise BadUsername()
    known_to_all = is_demo and by.is_system
    if password is not None and not known_to_all:
        _check_strength(password, User(username=username, email=email, name_ar=name_ar, **details))
    with recorded(by=by):
        _refuse_doubles(username=username, email=email)
        user = User.objects.create_user(
            username,
            email=email,
            password=password,
            name_ar=name_ar,
            is_demo=is_demo,
            must_change_password=must_change_password,
            password_changed_at=timezone.now() if password else None,
            **details,
        )
        _keep_email(user)
    return user


def change_details(user: User, *, by: Viewer, **details: str) -> User:
    """Correct name, address, telephone or language. One's own language and telephone need no permission.

    Refuses `EmailTaken`. A new address ends links that were sent to the old one.
    """
    unknown = set(details) - set(_DETAILS)
    if unknown:
        raise TypeError(f"not details of an account: {sorted(unknown)}")
    if by.user_id != user.pk or set(details) - {"language", "phone"}:
        by.require(MANAGE)
    if "language" in details and details["language"] not in Language.values:
        raise NoSuchLanguage()
    if "email" in details:
        details["email"] = details["email"].strip().lower()
    with recorded(by=by):
        _refuse_doubles(email=details.get("email", ""), other_than=user)
        for name, value in details.items():
            setattr(user, name, value)
        user.save(update_fields=list(details))
        if "email" in details:
            _keep_email(user)
    return user


def save_preferences(user: User, *, by: Viewer, **preferences: Any) -> User:
    """Remember how this person likes the screens: theme, density, shortcuts."""
    if by.user_id != user.pk:
        by.require(MANAGE)
    with recorded(by=by):
        user.preferences = {**user.preferences, **preferences}
        user.save(update_fields=["preferences"])
    return user


def invite(user: User, *, by: Viewer, base_url: str) -> str:
    """Make the link by which the person sets a password, and mail it where there is an address.

    The link is given back too, for those who have no e-mail: it is printed and handed over. It dies with
    its first use. Refuses `AccountIsClosed`.
    """
    by.require(MANAGE)
    if not user.is_active:
        raise AccountIsClosed(name=user.full_name)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": password_reset_tokens.make_token(user),
        },
    )
    link = base_url.rstrip("/") + path
    if user.email:
        transaction.on_commit(lambda: _mail_invitation(user, link))
    return link


def deactivate(user: User, *, by: Viewer, reason: str) -> User:
    """Close an account: its sessions end at once. Refuses `OwnAccount`."""
    by.require(MANAGE)
    if by.user_id == user.pk:
        raise OwnAccount()
    with recorded(by=by, reason=reason):
        user.is_active = False
        user.session_epoch += 1
        user.save(update_fields=["is_active", "session_epoch"])
        _drop_sessions(user)
    return user


def reactivate(user: User, *, by: Viewer, reason: str) -> User:
    """Open a closed account again, with the password it had."""
    by.require(MANAGE)
    with recorded(by=by, reason=reason):
        user.is_active = True
        user.save(update_fields=["is_active"])
    return user


def change_password(
    user: User, *, current: str, password: str, by: Viewer, keep_session: str = ""
) -> User:
    """Change one's own password. Refuses `WrongPassword` and `WeakPassword`; ends the other sessions."""
    if not user.check_password(current):
        raise WrongPassword()
    return set_password(user, password=password, by=by, keep_session=keep_session)


def set_password(user: User, *, password: str, by: Viewer, keep_session: str = "") -> User:
    """Store a new password after the owner proved who he is, or by who keeps the accounts.

    Every session of the account ends, save the one that is named (which must then be re-bound to the new
    password by whoever holds the request). Refuses `WeakPassword`.
    """
    own = by.user_id == user.pk
    if not own:
        by.require(MANAGE)
    _check_strength(password, user)
    with recorded(by=by, reason="password"):
        user.set_password(password)
        user.password_changed_at = timezone.now()
        user.must_change_password = not own
        user.save(update_fields=["password", "password_changed_at", "must_change_password"])
        _drop_sessions(user, keep=keep_session)
    return user


def note_sign_in(user: User, *, by: Viewer) -> None:
    """Write when the person last came in; links that set a password die with it."""
    with recorded(by=by, reason="sign-in"):
        user.signed_in_at = timezone.now()
        user.save(update_fields=["signed_in_at"])


def end_session(user: User, *, session_key: str, by: Viewer) -> None:
    """End one session of one's own, or of another by who keeps the accounts."""
    if by.user_id != user.pk:
        by.require(MANAGE)
    for session in UserSession.objects.filter(user=user, session_key=session_key):
        session.end()


def end_other_sessions(user: User, *, keep: str, by: Viewer) -> None:
    """End all of one's own sessions but the one in hand."""
    if by.user_id != user.pk:
        by.require(MANAGE)
    _drop_sessions(user, keep=keep)


def end_all_sessions(user: User, *, by: Viewer, reason: str) -> None:
    """End every session of an account at once, listed or not (a lost telephone, a dismissal)."""
    by.require(MANAGE)
    with recorded(by=by, reason=reason):
        user.session_epoch += 1
        user.save(update_fields=["session_epoch"])
        _drop_sessions(user)


def sweep_sessions() -> int:
    """Remove sessions that have lapsed, and their lines in the list of open sessions. Rerunnable."""
    swept, _by_table = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return swept


def _refuse_doubles(*, username: str = "", email: str = "", other_than: User | None = None) -> None:
    others = User.objects.exclude(pk=other_than.pk) if other_than else User.objects.all()
    if username and others.filter(username=username).exists():
        raise UsernameTaken(username=username)
    if email and others.filter(email__iexact=email).exists():
        raise EmailTaken(email=email)


def _check_strength(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword({"password": error.messages}) from error


def _keep_email(user: User) -> None:
    """The sign-in machinery looks addresses up in its own table; ours is the one that counts.

    The administrator vouches for the address, so it is taken as confirmed.
    """
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    if user.email:
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"primary": True, "verified": True}
        )


def _drop_sessions(user: User, *, keep: str = "") -> None:
    for session in UserSession.objects.filter(user=user).exclude(session_key=keep):
        session.end()


def _mail_invitation(user: User, link: str) -> None:
    facts: Mapping[str, Any] = {"user": user, "link": link, "town": town_name()}
    with translation.override(user.language):
        subject = render_to_string("identity/email/invitation_subject.txt", facts)
        body = render_to_string("identity/email/invitation_message.txt", facts)
    send_mail(" ".join(subject.split()), body, None, [user.email])
