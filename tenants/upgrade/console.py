"""What the console of releases shows: counts, the newest run, each municipality's turn in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from kernel.tenancy import HUB, use_shared
from kernel.viewer import Viewer
from tenants.models import Municipality, Rollout, RolloutState, Stage, Turn, TurnState
from tenants.release import current_release


@dataclass(frozen=True)
class Overview:
    """Where the fleet stands. `last` is the newest run, None before the first."""

    target: str
    tables: int
    indexes: int
    fleet: int
    behind: list[Municipality]
    last: Rollout | None

    @property
    def up_to_date(self) -> int:
        return self.fleet - len(self.behind)

    @property
    def runs(self) -> bool:
        return self.last is not None and self.last.state == RolloutState.RUNNING


def overview(viewer: Viewer) -> Overview:
    """Refuses `NotPermitted` without `hub.read_fleet`. Four statements."""
    viewer.require("hub.read_fleet")
    newest = current_release()
    with use_shared():
        towns = list(
            Municipality.objects.exclude(schema_name=HUB)
            .exclude(stage=Stage.PROVISIONING)
            .order_by("name_ar")
        )
        last = Rollout.objects.order_by("-id").first()
    behind = [one for one in towns if one.release != newest.fingerprint]
    return Overview(newest.fingerprint, newest.tables, newest.indexes, len(towns), behind, last)


def turns_of(rollout: Rollout | None) -> list[Turn]:
    """Each municipality's turn, those with a trouble first."""
    if rollout is None:
        return []
    first = {TurnState.FAILED: 0, TurnState.REFUSED: 1, TurnState.RUNNING: 2, TurnState.WAITING: 3}
    with use_shared():
        found: QuerySet[Turn] = rollout.turns.select_related("municipality")
        return sorted(
            found, key=lambda one: (first.get(TurnState(one.state), 9), one.municipality.name_ar)
        )
