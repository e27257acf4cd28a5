"""What the store does at night."""

from __future__ import annotations

import structlog

from kernel.db import uuid7
from kernel.files.selectors import damaged_files
from kernel.files.services import sweep_orphans
from kernel.tasks import tenant_task

log = structlog.get_logger(__name__)


@tenant_task(name="files.keep_house")
def keep_house() -> int:
    """Sweep what no record names, and read again one part in 256 of all contents. Returns how many are damaged.

    The part is drawn by chance each night, so that every content is read about once a year.
    """
    swept = sweep_orphans()
    if swept.objects:
        log.info("files.swept", objects=swept.objects, size=swept.size)
    damaged = list(damaged_files(prefix=uuid7().hex[-2:]))
    for blob in damaged:
        log.error("files.damaged", blob=blob.pk, sha256=blob.sha256)
    return len(damaged)
