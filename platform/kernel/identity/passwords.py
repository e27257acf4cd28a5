"""A password made of nothing but the words everybody here would try first (ASVS 6.2.11)."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kernel.identity.models import User
from kernel.identity.town import town_name
from kernel.tenancy import current_schema_or_none

_TRIED_FIRST = (
    "baladiyat", "baladia", "municipality", "password", "welcome", "palestine", "admin",
    "qwerty", "asdfgh", "zxcvbn", "بلديات", "بلدية", "فلسطين", "كلمة السر", "كلمةالسر", "ضصثقف",
)  # fmt: skip
_OWN_LETTERS = 6


class NotGuessableHere:
    """Refuses a password in which fewer than six letters remain without names of the town and the house."""

    def validate(self, password: str, user: User | None = None) -> None:
        words = [*_TRIED_FIRST, current_schema_or_none() or "", *town_name().split()]
        if user is not None:
            words += [user.username, *user.name_ar.split(), *user.name_en.split()]
        left = password.casefold()
        for word in sorted(
            {word.casefold() for word in words if len(word) > 2}, key=len, reverse=True
        ):
            left = left.replace(word, "")
        if len(set(re.sub(r"[\d\W_]", "", left))) < _OWN_LETTERS:
            raise ValidationError(self.get_help_text(), code="password_guessable")

    def get_help_text(self) -> str:
        return _("Use several words of your own, not the town's name and a number.")
