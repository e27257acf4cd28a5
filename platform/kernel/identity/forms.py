"""The machinery's forms in our words; codes may be typed in Arabic-Indic digits and with spaces."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.text import normalise_digits


class _Plain:
    """No placeholders standing in for labels: they vanish when the clerk begins to type."""

    fields: dict[str, forms.Field]

    def plain(self, **labels: Any) -> None:
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in labels:
                field.label = labels[name]


class SignInForm(_Plain, account_forms.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain(login=_("User name or e-mail"), password=_("Password"))
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username webauthn",
            "autocapitalize": "none",
            "spellcheck": "false",
            "dir": "ltr",
            "autofocus": True,
        }
        self.fields["password"].help_text = ""


class ChangePasswordForm(_Plain, account_forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain(
            oldpassword=_("Present password"),
            password1=_("New password"),
            password2=_("New password, once more"),
        )
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = LONG_ENOUGH


class AskForLinkForm(_Plain, account_forms.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain(email=_("E-mail of your account"))
        self.fields["email"].widget.attrs |= {"dir": "ltr", "autofocus": True}


class SetPasswordByLinkForm(_Plain, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain(password1=_("New password"), password2=_("New password, once more"))
        self.fields["password1"].help_text = LONG_ENOUGH


class ConfirmPasswordForm(_Plain, account_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain(password=_("Password"))
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs["autofocus"] = True


class _CodeInput(_Plain):
    cleaned_data: dict[str, Any]

    def tidy(self) -> None:
        self.plain(code=_("Code"))
        self.fields["code"].widget.attrs |= {
            "inputmode": "numeric",
            "dir": "ltr",
            "autofocus": True,
        }

    def clean_code(self) -> str:
        typed = normalise_digits(self.cleaned_data["code"])
        self.cleaned_data["code"] = "".join(typed.split())
        return str(super().clean_code())  # type: ignore[misc]


class SecondFactorForm(_CodeInput, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tidy()
        # A recovery code may be typed here too.
        self.fields["code"].widget.attrs["inputmode"] = "text"


class ConfirmSecondFactorForm(_CodeInput, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tidy()


class ActivateAppForm(_CodeInput, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tidy()


LONG_ENOUGH = _(
    "At least 12 characters. Three or four words of your own are easy to keep and hard to guess."
)
