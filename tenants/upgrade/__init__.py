"""Bring every municipality to this release: planned once, rendered to SQL once, run as text, proved at the end.

`reading` tells in one query which municipality stands where; `rendering` makes the text; `running` runs it in one
municipality; `rollout` goes through the fleet and keeps the account that the console shows.
"""

from __future__ import annotations

from tenants.release import Progress
from tenants.upgrade.rollout import Wishes, roll_out


def upgrade_all(*, progress: Progress = lambda line: None) -> int:
    """Bring the municipalities that are behind to the newest release. Returns how many were moved.

    One that cannot be moved is named in the progress and stays as it was; the others do not wait for it.
    """
    return roll_out(Wishes(asked_by="baladiyat setup"), progress=progress).done
