"""The token in a link that sets a password: for this account, in this municipality, once."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from kernel.identity.models import User
from kernel.tenancy import current_schema


class PasswordResetTokens(PasswordResetTokenGenerator):
    """Dies with the next sign-in, change of password or ending of sessions; worthless in another town."""

    key_salt = "kernel.identity.password-reset"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        value = super()._make_hash_value(user, timestamp)
        return f"{current_schema()}:{user.session_epoch}:{user.is_active}:{value}"


password_reset_tokens = PasswordResetTokens()
