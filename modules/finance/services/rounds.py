"""Whose a collector's box is, and in which neighbourhoods he collects (policy REV-10)."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.db import DatabaseError, transaction

from kernel.audit.recording import recorded
from kernel.identity.models import User
from kernel.places.models import Neighbourhood
from kernel.viewer import Viewer
from modules.finance.constants import ZONE_TAKEN
from modules.finance.errors.rounds import RoundsNeedACollector, ZoneTaken
from modules.finance.models import CashBox

log = structlog.get_logger(__name__)


def set_rounds(
    box: CashBox, *, collector: User | None, zones: Sequence[Neighbourhood], by: Viewer
) -> CashBox:
    """Say whose the box is and where he collects; a neighbourhood is on the rounds of one box.

    Refuses `RoundsNeedACollector` and `ZoneTaken`.
    """
    by.require("finance.manage_boxes")
    if zones and collector is None:
        raise RoundsNeedACollector()
    with recorded(by=by):
        _refuse_taken(box, zones)
        held = CashBox.objects.select_for_update(no_key=True).get(pk=box.pk)
        held.collector = collector
        held.zones = sorted(one.pk for one in zones)
        try:
            with transaction.atomic():
                held.save(update_fields=["collector", "zones"])
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") != ZONE_TAKEN:
                raise
            # Somebody gave one of them to another box meanwhile.
            _refuse_taken(box, zones)
            raise
        log.info("finance.rounds_set", box=held.code, zones=len(held.zones), by=by.user_id)
    return held


def _refuse_taken(box: CashBox, zones: Sequence[Neighbourhood]) -> None:
    for other in CashBox.objects.exclude(pk=box.pk).exclude(zones=[]).order_by("code"):
        taken = next((one for one in zones if one.pk in other.zones), None)
        if taken is not None:
            raise ZoneTaken(zone=taken.name, box=other.name)
