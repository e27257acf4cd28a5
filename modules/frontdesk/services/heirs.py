"""The dead ask for nothing: their heirs do, as one party."""

from __future__ import annotations

from uuid import UUID

from kernel.audit.recording import recorded
from kernel.parties.constants import PartyKind
from kernel.parties.models import Party
from kernel.parties.services import register_heirs
from kernel.viewer import Viewer
from modules.frontdesk.errors.standing import NobodyDied
from modules.frontdesk.selectors.naming import heirs_known
from modules.frontdesk.services.recording import lock_draft


def ask_for_heirs(uid: UUID | str, *, role: str = "applicant", by: Viewer) -> Party:
    """Put the heirs of a dead applicant (or beneficiary) in their place on a draft; who is not registered yet is
    registered under the name of the deceased.

    Refuses `NobodyDied` where that person is not noted as dead, and `NotADraft`.
    """
    by.require("frontdesk.open")
    with recorded(by=by):
        request = lock_draft(uid, by=by)
        person: Party | None = (
            getattr(request, role) if role in ("applicant", "beneficiary") else None
        )
        if person is None or person.died_on is None:
            raise NobodyDied()
        heirs = heirs_of(person, by=by)
        setattr(request, role, heirs)
        request.save()
    return heirs


def heirs_of(person: Party, *, by: Viewer) -> Party:
    """The heirs of a person as the one party that asks for them; who are not registered yet are registered. Heirs
    are their own.
    """
    if person.kind == PartyKind.HEIRS:
        return person
    return heirs_known(person) or register_heirs(deceased=person.uid, by=by)
