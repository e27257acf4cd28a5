from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput, Refusal


class UsernameTaken(InvalidInput):
    code = "username_taken"
    sentence = _("The user name “%(username)s” belongs to another account.")
    field = "username"


class BadUsername(InvalidInput):
    code = "bad_username"
    sentence = _("A user name has 3 to 64 letters, digits, dots, hyphens or underscores.")
    field = "username"


class EmailTaken(InvalidInput):
    code = "email_taken"
    sentence = _("The e-mail address %(email)s belongs to another account.")
    field = "email"


class WeakPassword(InvalidInput):
    """The password was refused; `errors` gives the reasons, one sentence each."""

    code = "weak_password"
    sentence = _("Choose another password.")
    field = "password"


class WrongPassword(InvalidInput):
    code = "wrong_password"
    sentence = _("The present password is not correct.")
    field = "current"


class AccountIsClosed(Refusal):
    code = "account_is_closed"
    sentence = _("The account of %(name)s is closed.")


class OwnAccount(Refusal):
    code = "own_account"
    sentence = _("Nobody closes his own account. Ask another administrator.")


class NoSuchLanguage(InvalidInput):
    code = "no_such_language"
    sentence = _("The system speaks Arabic and English.")
    field = "language"
