"""The token in a link that sets a password: for this account, in this municipality, once."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from kernel.identity.models import User
from kernel.tenancy import current_schema, town_key, town_keys


class PasswordResetTokens(PasswordResetTokenGenerator):
    """Dies with the next sign-in, change of password or ending of sessions; worthless in another town."""

    key_salt = "kernel.identity.password-reset"

    @property
    def secret(self) -> str:  # type: ignore[override]
        """The municipality's own key, so that no other installation or town can have made the token."""
        return town_key(self.key_salt)

    @property
    def secret_fallbacks(self) -> list[str | bytes]:  # type: ignore[override]
        return [*town_keys(self.key_salt)[1:]]

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        value = super()._make_hash_value(user, timestamp)
        return f"{current_schema()}:{user.session_epoch}:{user.is_active}:{value}"


password_reset_tokens = PasswordResetTokens()
