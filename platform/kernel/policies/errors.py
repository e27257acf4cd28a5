from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, Refusal


class UnknownPolicyKey(LookupError):
    """Code asked for a key that no manifest declares, or in a scope that the key does not have: our fault."""


class PolicyValueInvalid(InvalidInput):
    code = "policy_value_invalid"
    sentence = _("“%(typed)s” is not a value of this policy: %(expected)s.")
    field = "value"


class PolicyValueOutOfBounds(InvalidInput):
    code = "policy_value_out_of_bounds"
    sentence = _("The value must lie between %(low)s and %(high)s.")
    field = "value"


class PolicyArticleUnknown(InvalidInput):
    code = "policy_article_unknown"
    sentence = _("The policies manual has no title “%(article)s”.")
    field = "article"


class PolicyEndsBeforeItStarts(InvalidInput):
    code = "policy_ends_before_it_starts"
    sentence = _("The last day is before the first day.")
    field = "ends_on"


class PolicyValueOverlaps(Conflict):
    code = "policy_value_overlaps"
    sentence = _(
        "From %(first_day)s to %(last_day)s another value is adopted. End or withdraw it first."
    )
    field = "starts_on"


class PolicyHistoryClosed(Refusal):
    code = "policy_history_closed"
    sentence = _(
        "Cases were decided under the former value until today. A new value can start from %(today)s."
    )
    field = "starts_on"


class PolicyValueStarted(Refusal):
    code = "policy_value_started"
    sentence = _("This value is in force since %(starts_on)s. It can be ended, not withdrawn.")


class PolicyValueEnded(Refusal):
    code = "policy_value_ended"
    sentence = _("This value is already ended or withdrawn.")


class SuspensionOverlaps(Conflict):
    code = "suspension_overlaps"
    sentence = _("The policy is already suspended in these days.")
    field = "starts_on"


class ReasonMissing(InvalidInput):
    code = "reason_missing"
    sentence = _("Write the reason.")
    field = "reason"


class AuthorityMissing(InvalidInput):
    code = "authority_missing"
    sentence = _("Write by which authority the exception is made.")
    field = "authority"


class OwnDecision(Refusal):
    code = "own_decision"
    sentence = _(
        "Nobody overrides a decision that they took themselves. Ask somebody else who may."
    )


class OverrideExpired(InvalidInput):
    code = "override_expired"
    sentence = _("An exception ends on a day that is still to come, or today.")
    field = "expires_on"
