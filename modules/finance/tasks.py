"""Scheduled work of finance."""

from __future__ import annotations

import structlog

from kernel.tasks import tenant_task
from kernel.viewer import Viewer
from modules.finance.selectors.proofs import faults

log = structlog.get_logger(__name__)


@tenant_task(name="finance.prove_books")
def prove_books() -> int:
    """Compare everything stored with what is recomputed; each fault is logged as an error for the operators."""
    found = faults(Viewer.system("finance.prove_books"))
    for one in found:
        log.error(
            "finance.books_do_not_add_up", proof=one.proof, row=[str(part) for part in one.row]
        )
    return len(found)
