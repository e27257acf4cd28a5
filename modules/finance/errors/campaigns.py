"""Refusals of campaigns, of moved dues and of receipt books."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class CampaignUnknown(NotVisible):
    code = "campaign_unknown"
    sentence = _("There is no such campaign.")


class CampaignAboveAuthority(Refusal):
    code = "campaign_above_authority"
    sentence = _("%(authority)s may give away %(limit)s %% of a due at most (policy REV-04).")
    field = "percent"


class CampaignUpsideDown(InvalidInput):
    code = "campaign_upside_down"
    sentence = _("The window or the years end before they begin.")
    field = "until"


class CampaignEnded(Conflict):
    code = "campaign_ended"
    sentence = _("This campaign was ended already.")


class ReductionChanged(Conflict):
    code = "reduction_changed"
    sentence = _(
        "A campaign has ended or does not count for this way of paying: of the %(was)s less that were shown, "
        "%(now)s count now. The chosen dues come to %(amount)s."
    )
    field = "amount"


class DueInAPlan(Refusal):
    code = "due_in_a_plan"
    sentence = _(
        "%(charge)s is in the instalment plan %(plan)s. Cancel the plan first, then move the due."
    )


class DueCovered(Refusal):
    code = "due_covered"
    sentence = _(
        "%(charge)s is covered by cheque %(cheque)s. Hand the cheque back first, then move the due."
    )


class PartsDoNotAddUp(InvalidInput):
    code = "parts_do_not_add_up"
    sentence = _("The parts add up to %(parts)s; what is owed is %(owed)s.")


class PartMissing(InvalidInput):
    code = "part_missing"
    sentence = _("Say who takes the due over, or which place it is of.")


class NothingMoves(InvalidInput):
    code = "nothing_moves"
    sentence = _("The due would stay with the same person and the same place.")


class SignaturesMissing(Refusal):
    code = "signatures_missing"
    sentence = _("By policy REV-12 both sides sign before a due is moved.")
    field = "signed"


class SharesNotEqual(Refusal):
    code = "shares_not_equal"
    sentence = _("By policy REV-12 heirs have equal shares.")


class BookUnknown(NotVisible):
    code = "book_unknown"
    sentence = _("There is no such receipt book.")


class BooksOverlap(Conflict):
    code = "books_overlap"
    sentence = _("Leaves of this range are in another book of the series %(series)s.")
    field = "first"


class BookTooThick(Refusal):
    code = "book_too_thick"
    sentence = _(
        "A collector is handed %(most)s leaves at a time at most (policy REV-10); these are %(leaves)s."
    )
    field = "last"


class BookNotInStore(Conflict):
    code = "book_not_in_store"
    sentence = _("The book %(book)s was handed out already.")


class BookStillOut(Refusal):
    code = "book_still_out"
    sentence = _("%(leaves)s leaves of the book %(book)s are not accounted for yet.")


class CustodyTooOld(Refusal):
    code = "custody_too_old"
    sentence = _(
        "The box %(box)s holds cash since %(since)s that was not handed over. No new book before that (policy REV-10)."
    )


class CustodyTooMuch(Refusal):
    code = "custody_too_much"
    sentence = _(
        "The box %(box)s holds %(amount)s more than a collector may keep. No new book before that (policy REV-10)."
    )


class LeafNotInBook(InvalidInput):
    code = "leaf_not_in_book"
    sentence = _("Leaf %(leaf)s is not in a book that is handed out to this collector.")
    field = "leaf"


class LeafAccounted(Conflict):
    code = "leaf_accounted"
    sentence = _("Leaf %(leaf)s is accounted for already.")
    field = "leaf"


class LeafInTheFuture(InvalidInput):
    code = "leaf_in_the_future"
    sentence = _("The date on the leaf lies before the book was handed out or after today.")
    field = "on_date"


class LeafOfAnotherBox(Refusal):
    code = "leaf_of_another_box"
    sentence = _("The book belongs to the box %(box)s. Open your session there first.")


class SessionBeingHandedOver(Refusal):
    code = "session_being_handed_over"
    sentence = _(
        "The box %(box)s is being handed over to %(cashier)s. Take the hand-over back to go on receiving."
    )


class NotHandedToYou(Refusal):
    code = "not_handed_to_you"
    sentence = _("This box is not being handed over to you.")


class HandoverToSelf(InvalidInput):
    code = "handover_to_self"
    sentence = _("A box is handed over to a colleague who may receive money.")
    field = "to"


class MoreThanIsThere(Refusal):
    code = "more_than_is_there"
    sentence = _("The books say that the box %(box)s holds %(held)s.")
    field = "amount"


class MovedDuesMoveBack(Refusal):
    code = "moved_dues_move_back"
    sentence = _("A due that was moved is moved back by a decision of its own.")
