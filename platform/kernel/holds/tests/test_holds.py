from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.errors import NotVisible
from kernel.events.models import OutboxEvent
from kernel.holds.errors import HoldAlreadyCleared, HoldNeedsReason
from kernel.holds.models import Hold
from kernel.holds.services import clear_hold, clear_holds_of, hold_history, holds_on, raise_hold
from kernel.viewer import Viewer

pytestmark = pytest.mark.usefixtures("town")

NOUR = "party:7001"


def _bounced_cheque(by: Viewer) -> Hold:
    return raise_hold(
        NOUR,
        effect="clearance",
        reason="شيك راجع",
        source="finance:cheque-9",
        policy="FIN-06",
        by=by,
    )


def test_a_hold_stands_in_the_way_of_its_effect_only(amal: Viewer) -> None:
    hold = _bounced_cheque(amal)
    assert holds_on([NOUR, "land_unit:3"], "clearance") == [hold]
    assert holds_on([NOUR], "submit") == []
    assert holds_on(["party:7002"], "clearance") == []
    assert holds_on([NOUR]) == [hold]
    entry = AuditEntry.objects.filter(table_name="holds_hold").latest("id")
    assert (entry.actor_id, entry.reason) == (amal.user_id, "شيك راجع")
    assert OutboxEvent.objects.latest("id").name == "holds.HoldRaised"


def test_a_hold_on_everything_blocks_every_effect(system: Viewer) -> None:
    hold = raise_hold(NOUR, reason="قرار محكمة", source="court:5", by=system)
    assert holds_on([NOUR], "submit") == holds_on([NOUR], "clearance") == [hold]


def test_the_same_source_raises_the_same_hold_once(system: Viewer) -> None:
    assert _bounced_cheque(system) == _bounced_cheque(system)
    assert OutboxEvent.objects.filter(name="holds.HoldRaised", payload__subject=NOUR).count() == 1


def test_a_cleared_hold_blocks_no_more_and_tells_who_cleared_it(basel: Viewer) -> None:
    hold = _bounced_cheque(basel)
    clear_hold(hold.uid, reason="سدد نقداً", by=basel)
    assert holds_on([NOUR], "clearance") == []
    kept = hold_history(basel, NOUR).get()
    assert (kept.cleared_by, kept.cleared_reason, kept.version) == (basel.user_id, "سدد نقداً", 2)
    with pytest.raises(HoldAlreadyCleared):
        clear_hold(hold.uid, reason="مرة ثانية", by=basel)
    assert _bounced_cheque(basel) != hold  # it may bounce again


def test_a_source_clears_all_that_it_raised(system: Viewer) -> None:
    _bounced_cheque(system)
    raise_hold(NOUR, effect="renewal", reason="شيك راجع", source="finance:cheque-9", by=system)
    other = raise_hold(NOUR, effect="renewal", reason="مخالفة", source="inspection:1", by=system)
    assert clear_holds_of("finance:cheque-9", reason="سدد", by=system) == 2
    assert holds_on([NOUR]) == [other]


def test_holds_need_reasons_and_must_exist(system: Viewer) -> None:
    with pytest.raises(HoldNeedsReason):
        raise_hold(NOUR, reason=" ", source="x", by=system)
    with pytest.raises(NotVisible):
        clear_hold(uuid4(), reason="سبب", by=system)


def test_the_database_refuses_to_rewrite_or_remove_a_hold(system: Viewer) -> None:
    hold = _bounced_cheque(system)
    row = Hold.objects.filter(id=hold.pk)
    for change in (
        lambda: row.update(reason="غيره"),
        lambda: row.update(subject="party:1"),
        row.delete,
    ):
        with (
            pytest.raises(DatabaseError, match="only be cleared"),
            transaction.atomic(),
            recorded(by=system),
        ):
            change()
