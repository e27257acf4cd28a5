from __future__ import annotations

from kernel.identity.services import sweep_sessions
from kernel.tasks import tenant_task


@tenant_task(name="identity.sweep_sessions")
def sweep_lapsed_sessions() -> int:
    return sweep_sessions()
