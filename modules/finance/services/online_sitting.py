"""The sessions at the box of online payments: opened by the first receipt of a day, closed when the day is over.

Nobody counts there: what the gateway confirmed is what there is, and the bank statement shows whether it came.
"""

from __future__ import annotations

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.finance.models import CashBox, CashSession
from modules.finance.services.online_setup import cashier
from modules.finance.services.sessions import compared, count_and_end, hold_boxes, open_session

NO_CASH_HERE = "صندوق الدفع الإلكتروني لا يُعد فيه نقد"


def sit_down(box: CashBox, *, by: Viewer) -> CashSession:
    """The open session of today; one of an earlier day is closed first. Refuses `DayAlreadyClosed`."""
    session = _open(box)
    if session is not None and session.on_date == today():
        return session
    with recorded(by=by):
        hold_boxes(box.pk)
        session = _open(box)
        if session is not None and session.on_date != today():
            _end(session, by)
            session = None
        # Nobody counts this box; cash that somebody posted to it must not keep a payment from its receipt.
        return session or open_session(box, opening_float={}, reason=NO_CASH_HERE, by=by)


def end_sittings(*, by: Viewer, whole_day: bool = False) -> int:
    """Close what is open at boxes of online payments: of days that are over, or with `whole_day` today's too."""
    with recorded(by=by):
        hold_boxes(*CashBox.objects.exclude(gateway=None).values_list("pk", flat=True))
        waiting = (
            CashSession.objects.select_for_update(of=("self",))
            .select_related("box")
            .filter(closed_at=None)
            .exclude(box__gateway=None)
        )
        if not whole_day:
            waiting = waiting.filter(on_date__lt=today())
        ended = list(waiting.order_by("id"))
        for one in ended:
            _end(one, by)
    return len(ended)


def _open(box: CashBox) -> CashSession | None:
    return CashSession.objects.select_related("box").filter(box=box, closed_at=None).first()


def _end(session: CashSession, by: Viewer) -> None:
    closer = by if by.user_id is not None else cashier()  # a session names who closed it
    count_and_end(session, compared(session, [], ""), note="", by=closer)
