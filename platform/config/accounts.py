"""Settings of sign-in, passwords, second factors and sessions. Taken over whole by `config.settings`."""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

# Passwords: long, not common, not one's own name; no composition rules, no rotation (ASVS 6.2).
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email", "name_ar", "name_en", "phone")},
    },
    {"NAME": "kernel.identity.passwords.NotGuessableHere"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # an invitation of Thursday still works on Sunday

ACCOUNT_ADAPTER = "kernel.identity.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "password1*",
]  # nobody signs up; allauth checks the shape
ACCOUNT_EMAIL_VERIFICATION = "none"  # the administrator vouches for the address
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # the session in hand goes on, all others end
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "kernel.identity.tokens.PasswordResetTokens"  # noqa: S105
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_SESSION_REMEMBER = False  # the cookie ends with the browser
ACCOUNT_FORMS = {
    "login": "kernel.identity.forms.SignInForm",
    "change_password": "kernel.identity.forms.ChangePasswordForm",
    "reset_password": "kernel.identity.forms.AskForLinkForm",
    "reset_password_from_key": "kernel.identity.forms.SetPasswordByLinkForm",
    "reauthenticate": "kernel.identity.forms.ConfirmPasswordForm",
}
# A whole municipality often stands behind one address, so the limits per address are wide and the limit
# per account is narrow. Counts live in the municipality's own cache.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "40/m/ip,5/300s/key",
    "reset_password": "20/m/ip,3/300s/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}

MFA_ADAPTER = "kernel.identity.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Baladiyat"
# No tolerance: a code is remembered as used for one period only, so a wider window could be replayed.
MFA_TOTP_TOLERANCE = 0
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "kernel.identity.forms.SecondFactorForm",
    "reauthenticate": "kernel.identity.forms.ConfirmSecondFactorForm",
    "activate_totp": "kernel.identity.forms.ActivateAppForm",
}

SESSION_ENGINE = "kernel.identity.sessions"
SESSION_IDLE_SECONDS = 60 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60
USERSESSIONS_TRACK_ACTIVITY = (
    False  # a write per request is too dear; idleness is kept in the session
)
