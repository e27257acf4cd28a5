"""Where the sign-in machinery (allauth) meets the house: its writes become ours, its secrets are locked."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

import segno
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel.identity import services
from kernel.identity.keys import lock, open_locked
from kernel.identity.models import User
from kernel.identity.town import town_name
from kernel.viewer import Viewer

log = structlog.get_logger(__name__)
_TOTP = "second-factor"
_NOT_RIGHT = _("The user name or the password is not right.")


def own_hand(user: User, request: HttpRequest | None) -> Viewer:
    """The person himself, for what anybody does to his own account; no rights beyond."""
    return Viewer(
        user_id=user.pk,
        name=user.name_ar,
        channel="web",
        request_id=getattr(request, "request_id", ""),
    )


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by administrators; every write goes through `identity.services`."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        # One sentence for all: it tells nobody which half was wrong, nor whether there is an account.
        "username_password_mismatch": _NOT_RIGHT,
        "email_password_mismatch": _NOT_RIGHT,
        "too_many_login_attempts": _("Too many tries. Wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        services.note_sign_in(user, by=own_hand(user, request))
        log.info("identity.signed_in", user=user.pk, ip=self.get_client_ip(request))

    def logout(self, request: HttpRequest) -> None:
        log.info("identity.signed_out", user=request.user.pk)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        # Hashed: people type passwords into the field of the name.
        typed = str(credentials.get("username") or credentials.get("email") or "")
        log.warning(
            "identity.sign_in_failed",
            login=hashlib.sha256(typed.lower().encode()).hexdigest()[:12],
            ip=self.get_client_ip(request),
        )

    def set_password(self, user: User, password: str) -> None:
        request = self.request
        keep = ""
        if request is not None and request.user.is_authenticated and request.user.pk == user.pk:
            keep = request.session.session_key or ""
        services.set_password(
            user, password=password, by=own_hand(user, request), keep_session=keep
        )
        log.info("identity.password_set", user=user.pk)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        super().send_mail(template_prefix, email, {**context, "town": town_name()})

    def format_email_subject(self, subject: str) -> str:
        town = town_name()
        return f"{town}: {subject}" if town else str(subject)

    def is_safe_url(self, url: str | None) -> bool:
        # Only within this municipality: other hosts of the installation are other municipalities.
        return url is not None and url.startswith("/") and not url.startswith(("//", "/\\"))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets rest locked under the municipality's own key; the app shows the municipality's name."""

    def encrypt(self, text: str) -> str:
        return lock(text, purpose=_TOTP)

    def decrypt(self, encrypted_text: str) -> str:
        return open_locked(encrypted_text, purpose=_TOTP)

    def get_totp_issuer(self) -> str:
        return town_name() or settings.MFA_TOTP_ISSUER

    def get_totp_label(self, user: User) -> str:
        return user.username

    def build_totp_svg(self, url: str) -> str:
        return str(segno.make(url, error="m").svg_inline(scale=5, border=4, light="#fff"))

    def _get_site_name(self) -> str:
        return town_name() or super()._get_site_name()
