from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput, Refusal


class SectionCodeTaken(InvalidInput):
    code = "section_code_taken"
    sentence = _("The code “%(taken)s” belongs to another section.")
    field = "code"


class SectionBeneathItself(InvalidInput):
    code = "section_beneath_itself"
    sentence = _("“%(section)s” cannot lie beneath itself.")
    field = "parent"


class SectionIsClosed(Refusal):
    code = "section_is_closed"
    sentence = _("“%(section)s” is closed.")


class SectionIsInUse(Refusal):
    code = "section_is_in_use"
    sentence = _(
        "“%(section)s” cannot be closed: %(seats)s seats and %(beneath)s sections beneath it are open."
    )


class RoleCodeTaken(InvalidInput):
    code = "role_code_taken"
    sentence = _("The code “%(taken)s” belongs to another role.")
    field = "code"


class UnknownPermission(InvalidInput):
    code = "unknown_permission"
    sentence = _("No installed module knows the permission “%(permission)s”.")
    field = "permissions"


class NameMissing(InvalidInput):
    code = "name_missing"
    sentence = _("It needs a code and a name in Arabic.")
    field = "name_ar"


class SeatTaken(InvalidInput):
    code = "seat_taken"
    sentence = _(
        "%(name)s already holds the role “%(role)s” in “%(section)s” on some of these days."
    )
    field = "starts_on"


class EndsBeforeItStarts(InvalidInput):
    code = "ends_before_it_starts"
    sentence = _("The last day is before the first.")
    field = "ends_on"


class AccountIsClosed(InvalidInput):
    code = "account_is_closed"
    sentence = _("The account of %(name)s is closed.")
    field = "user"


class ToOneself(InvalidInput):
    code = "to_oneself"
    sentence = _("Nobody stands in for himself.")


class NothingToDelegate(InvalidInput):
    code = "nothing_to_delegate"
    sentence = _(
        "%(name)s holds no such seat on these days; only one's own seats can be delegated."
    )
    field = "from_user"


class DelegationTooLong(InvalidInput):
    code = "delegation_too_long"
    sentence = _("A delegation lasts at most %(most)s days; this one would last %(days)s.")
    field = "ends_on"


class DelegationNeedsReason(InvalidInput):
    code = "delegation_needs_reason"
    sentence = _("Say why the seat is delegated.")
    field = "reason"


class AlreadyOver(Refusal):
    code = "already_over"
    sentence = _("This has already ended.")


class AlreadyAbsent(InvalidInput):
    code = "already_absent"
    sentence = _("%(name)s is already entered as absent on some of these days.")
    field = "starts_on"
