"""Refusals of the register of parties."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class PartyNotFound(NotVisible):
    """Nobody of that uid in this town."""

    code = "party_not_found"
    sentence = _("No such person or organisation is registered here.")


class PartyAlreadyRegistered(Conflict):
    """Two records may not carry one identity number; the facts name the other."""

    code = "party_already_registered"
    sentence = _("%(name)s is already registered with the number %(number)s.")
    field = "id_number"


class PartyFactsRefused(InvalidInput):
    """Something typed about a party cannot be kept; `errors` says what, field by field."""

    code = "party_facts_refused"


class PartyNotItself(Refusal):
    """A record cannot be merged into itself."""

    code = "party_merged_into_itself"
    sentence = _("These are one and the same record already.")


class PartyKindsDiffer(Refusal):
    """A person is never the same as a company; an unknown person may turn out to be anybody."""

    code = "party_kinds_differ"
    sentence = _("%(keep)s and %(alias)s are of different kinds and cannot be one.")


class PartyNotMerged(Refusal):
    """Only a record that was merged can be taken apart again."""

    code = "party_not_merged"
    sentence = _("%(name)s is not merged into another record.")


class MergeNeedsReason(InvalidInput):
    """Who declares two records to be one must say how it is known."""

    code = "merge_needs_reason"
    sentence = _("Say how it is known that the two records are one.")
    field = "reason"
