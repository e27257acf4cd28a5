"""What the console of releases shows: counts, the newest run, each municipality's turn in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kernel import registry
from kernel.tenancy import HUB, use_shared
from kernel.viewer import Viewer
from tenants.models import Municipality, Rollout, RolloutState, Stage, Turn, TurnState
from tenants.release import current_release
from tenants.upgrade.contents import lacking


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
    """Refuses `NotPermitted` without `hub.read_fleet`. Six statements.

    Behind is whoever lacks tables, or what the release plants in them.
    """
    viewer.require("hub.read_fleet")
    newest = current_release()
    with use_shared():
        towns = list(
            Municipality.objects.exclude(schema_name=HUB)
            .exclude(stage=Stage.PROVISIONING)
            .order_by("name_ar")
        )
        last = Rollout.objects.order_by("-id").first()
    without = {*lacking([one.schema_name for one in towns])}
    behind = [
        one for one in towns if one.release != newest.fingerprint or one.schema_name in without
    ]
    return Overview(newest.fingerprint, newest.tables, newest.indexes, len(towns), behind, last)


def lines_of(brought: dict[str, Any]) -> list[str]:
    """What a release brought to one municipality, in words."""
    permissions, roles = registry.permissions(), _titles_of_roles()
    lines = [
        _("New rights of “%(role)s”: %(rights)s")
        % {
            "role": roles.get(code, code),
            "rights": "، ".join(
                str(permissions[one].title) if one in permissions else one for one in found
            ),
        }
        for code, found in brought.get("rights", {}).items()
    ]
    if new := brought.get("roles"):
        named = "، ".join(roles.get(code, code) for code in new)
        lines.append(_("New roles: %(roles)s") % {"roles": named})
    if rows := brought.get("rows"):
        lines.append(_("%(count)s rows in lists and catalogues") % {"count": sum(rows.values())})
    return lines


def _titles_of_roles() -> dict[str, str]:
    return {one.code: one.title_ar for module in registry.modules() for one in module.roles}


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
