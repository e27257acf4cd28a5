"""Scheduled work of finance."""

from __future__ import annotations

import structlog

from kernel.tasks import tenant_task
from kernel.viewer import Viewer
from modules.finance.selectors.proofs import faults
from modules.finance.services.online_waiting import end_days, look_after
from modules.finance.services.planning import review_plans
from modules.finance.services.warning import review_warnings

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


@tenant_task(name="finance.review_plans")
def review_instalment_plans() -> None:
    """Every night: plans that are paid whole are closed, those with too many missed instalments are broken."""
    review_plans(by=Viewer.system("finance.review_plans"))


@tenant_task(name="finance.ask_gateway")
def ask_after_online_payments() -> int:
    """Every few minutes: payments whose message was lost are asked for, those that ran out end, receipts are tried again."""
    return look_after(by=Viewer.system("finance.ask_gateway"))


@tenant_task(name="finance.end_online_day")
def end_day_of_online_payments() -> int:
    """Every hour: the session of online payments of a day that is over is closed."""
    return end_days()


@tenant_task(name="finance.review_warnings")
def review_standing_warnings() -> None:
    """Every night: warnings whose dues are settled end."""
    review_warnings(by=Viewer.system("finance.review_warnings"))
