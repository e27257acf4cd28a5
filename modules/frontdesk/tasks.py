"""Scheduled work of the front desk; each calls one service."""

from __future__ import annotations

from kernel.tasks import tenant_task
from kernel.viewer import Viewer
from modules.frontdesk.services.appointments import close_missed, remind
from modules.frontdesk.services.hall import clear_hall
from modules.frontdesk.services.nightly import (
    close_abandoned,
    escalate_late,
    put_versions_in_force,
    warn_of_delays,
)
from modules.frontdesk.services.online import sweep_unsent


@tenant_task(name="frontdesk.nightly")
def nightly() -> dict[str, int]:
    """Once a day: versions that start today, requests nobody came back for, steps that run late, tickets left over."""
    house = Viewer.system("frontdesk.nightly")
    return {
        "versions": put_versions_in_force(by=house),
        "abandoned": close_abandoned(by=house),
        "late": warn_of_delays(by=house),
        "escalated": escalate_late(by=house),
        "hall": clear_hall(by=house),
        "missed": close_missed(by=house),
        "reminded": remind(by=house),
        "unsent": sweep_unsent(by=house),
    }
