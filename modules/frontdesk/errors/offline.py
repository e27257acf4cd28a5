"""What the offline desk refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput


class PersonDoubtful(Conflict):
    """`alike` are the persons whom the clerk chooses from: uid, name, ID number."""

    code = "frontdesk.offline_person_doubtful"
    sentence = _("Somebody alike is registered. Say whether it is the same person.")

    def __init__(self, alike: Sequence[dict[str, Any]]) -> None:
        self.alike = tuple(alike)
        super().__init__()


class PersonDiffers(PersonDoubtful):
    code = "frontdesk.offline_person_differs"
    sentence = _("This ID number is registered under another name. Say whether it is this person.")


class NumberNotOurs(Conflict):
    code = "frontdesk.offline_number_not_ours"
    sentence = _("Provisional number %(number)s is not of a block of yours, or was used already.")


class PaperNotSent(InvalidInput):
    code = "frontdesk.offline_paper_not_sent"
    sentence = _("The paper “%(name)s” has not reached the server. Send it again.")
    field = "papers"


class KeyNeeded(InvalidInput):
    code = "frontdesk.offline_key_needed"
    sentence = _("What was taken offline comes with the key that its form made.")


class TakenTwice(Conflict):
    code = "frontdesk.offline_taken_twice"
    sentence = _("This was received before, from somebody else or with other content.")
