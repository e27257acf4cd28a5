"""Which passwords are taken: long ones with words of one's own."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kernel.identity.models import User


@pytest.mark.parametrize(
    "password", ["correct horse battery", "زيتون وميرمية على السطح", "seven lemons by the door"]
)
def test_words_of_ones_own_are_taken(town: str, password: str) -> None:
    validate_password(password, User(username="amal", name_ar="أمل الأسطل"))


@pytest.mark.parametrize(
    "password",
    [
        "short words",
        "passwordpassword",
        "KhanYounis-2026",
        "baladiyat12345",
        "123456789012",
        "خان يونس 2026 2026",
        "amal amal amal 2026",
    ],
)
def test_what_everybody_tries_first_is_refused(town: str, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(username="amal", name_ar="أمل الأسطل"))
