"""The accounts of one municipality. Rights are not here: they come from seats (organisation)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, Row
from kernel.tenancy import current_schema, town_key


class Language(models.TextChoices):
    ARABIC = "ar", _("Arabic")
    ENGLISH = "en", _("English")


class UserManager(BaseUserManager["User"]):
    """Finds accounts by name and makes rows; rules of accounts live in `services`."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=canonical_username(username or ""))

    def create_user(
        self,
        username: str,
        *,
        email: str = "",
        password: str | None = None,
        **fields: Any,
    ) -> User:
        """Store an account with a hashed password; without one nobody can sign in to it."""
        user = self.model(
            username=canonical_username(username), email=email.strip().lower(), **fields
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(Row, AbstractBaseUser):
    """A person who works with the system in this municipality, or an integrator's account.

    The name is kept in small letters, so that «Amal» and «amal» are one account and the look-up
    is a plain index read.
    """

    username = models.CharField(_("user name"), max_length=64)
    email = models.EmailField(_("e-mail"), blank=True, default="")
    name_ar = models.CharField(_("name in Arabic"), max_length=160)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=20, blank=True, default="")
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ARABIC
    )
    preferences = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    must_change_password = models.BooleanField(default=False)
    signed_in_at = models.DateTimeField(_("last sign-in"), null=True, blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    # Raising it ends every session of the account at once, whatever engine keeps them.
    session_epoch = models.PositiveIntegerField(default=0)
    is_demo = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name_ar"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta(Row.Meta):
        triggers: ClassVar = [AuditTrail(hidden=("password", "preferences"))]
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("username",), name="identity_user_username"),
            models.CheckConstraint(
                condition=Q(username=Lower("username")) & ~Q(username=""),
                name="identity_user_username_small",
            ),
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="identity_user_email"
            ),
            models.CheckConstraint(
                condition=Q(language__in=Language.values), name="identity_user_language"
            ),
            models.CheckConstraint(condition=~Q(name_ar=""), name="identity_user_named"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def last_login(self) -> datetime | None:  # type: ignore[override]
        """Not a field of Django's: it would write one from a signal, outside any recorded change."""
        return self.signed_in_at

    @property
    def full_name(self) -> str:
        """The name in the reader's language; Arabic where no other is known."""
        in_english = (get_language() or "ar").startswith("en")
        return self.name_en if in_english and self.name_en else self.name_ar

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ", 1)[0]

    def check_password(self, raw_password: str | None) -> bool:
        # Django's own version may rewrite the hash on the way, outside any recorded change.
        return check_password(raw_password, self.password)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Bind a session to this municipality, this password and this epoch.

        A cookie or a copied row of another municipality is then worth nothing here.
        """
        bound = f"{current_schema()}:{self.session_epoch}:{self.password}"
        key = town_key("session", secret=secret or "")
        return salted_hmac(
            "kernel.identity.session", bound, secret=key, algorithm="sha256"
        ).hexdigest()

    # Django and its guests ask these; nobody here is above the seats he holds.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_perms(self, perm_list: object, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


def canonical_username(username: str) -> str:
    """The one form in which a user name is stored and looked up."""
    return User.normalize_username(username).strip().lower()
