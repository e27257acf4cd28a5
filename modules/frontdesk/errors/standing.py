"""What is refused about who asks, who receives, and the signed sheets that come back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput, Refusal


class NobodyDied(Refusal):
    code = "frontdesk.nobody_died"
    sentence = _("This person is not noted as dead; heirs do not ask in their place.")


class PowerOver(InvalidInput):
    """The agent comes with a power of attorney that is no longer good on the day of the hand-over."""

    code = "frontdesk.power_over"
    sentence = _("Not handed to the agent: %(why)s")
    field = "recipient"


class AnothersCard(InvalidInput):
    """The card that was looked at is not of whom the document is for."""

    code = "frontdesk.anothers_card"
    sentence = _(
        "This is not the ID number of %(name)s on file. Look at the card again, or choose who really receives it."
    )
    field = "recipient_id_number"


class DelegateNotAllowed(InvalidInput):
    code = "frontdesk.delegate_not_allowed"
    sentence = _("Here a document is handed only to the applicant, the beneficiary or the agent.")
    field = "recipient"


class AuthorityMissing(InvalidInput):
    code = "frontdesk.authority_missing"
    sentence = _("Who was sent shows a written authorisation: enter its number or its date.")
    field = "authority"


class SignatureUnreadable(InvalidInput):
    code = "frontdesk.signature_unreadable"
    sentence = _("The drawn signature cannot be read. Let them sign again, or print the receipt.")
    field = "drawn"


class SheetUnknown(InvalidInput):
    code = "frontdesk.sheet_unknown"
    sentence = _("No open step belongs to sheet %(number)s.")
    field = "number"


class SheetNotRecognised(InvalidInput):
    code = "frontdesk.sheet_not_recognised"
    sentence = _("No sheet number was found in “%(name)s”. Type the number that stands on it.")
    field = "number"


class NothingToRefund(Refusal):
    code = "frontdesk.nothing_to_refund"
    sentence = _(
        "Nothing was paid on this request that could be returned, or it did not end before its time."
    )
