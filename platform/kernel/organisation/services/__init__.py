"""Writes to the organisation: sections, roles, seats, delegations, absences.

What must not live here: accounts (identity), and what a permission allows (each module's services).
"""

from kernel.organisation.services.seats import assign, change_role, define_role, end_assignment
from kernel.organisation.services.sections import (
    appoint_head,
    close_section,
    create_section,
    move_section,
    rename_section,
)
from kernel.organisation.services.standing_in import (
    cancel_absence,
    declare_absence,
    delegate,
    revoke_delegation,
)

__all__ = [
    "appoint_head",
    "assign",
    "cancel_absence",
    "change_role",
    "close_section",
    "create_section",
    "declare_absence",
    "define_role",
    "delegate",
    "end_assignment",
    "move_section",
    "rename_section",
    "revoke_delegation",
]
