"""Karim leaves at noon: he counts, Rami accepts, and the box goes on under Rami's name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import Method
from modules.finance.errors import SessionStillOpen, VarianceNeedsReason
from modules.finance.errors.campaigns import (
    HandoverToSelf,
    NotHandedToYou,
    SessionBeingHandedOver,
)
from modules.finance.models import CashSession, Line
from modules.finance.selectors.cash import cash_in, expected_in
from modules.finance.selectors.proofs import faults
from modules.finance.services.handing_over import (
    offer_session,
    offered_to,
    take_over,
    withdraw_offer,
)
from modules.finance.services.sessions import Count, add_box
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff


@pytest.fixture
def rami(town: str) -> Viewer:
    return staff("rami", "cashier")


@pytest.fixture
def nour(town: str):
    return person()


def of(viewer: Viewer) -> User:
    return User.objects.get(pk=viewer.user_id)


def counted(amount: str) -> Count:
    return Count(method=Method.CASH, counted=money(amount))


def test_the_box_goes_on_with_what_was_counted(karim: Viewer, rami: Viewer, nour) -> None:
    """Float 200.00 and 60.00 received; 259.00 counted: 1.00 short is Karim's, Rami begins with 259.00."""
    owes(nour, "100")
    session = session_of(karim, ils="200")
    pays(nour, "60", by=karim)
    with pytest.raises(VarianceNeedsReason):
        offer_session(session, counts=[counted("259")], to=of(rami), by=karim)
    offer_session(session, counts=[counted("259")], to=of(rami), note="نقص شيكل", by=karim)
    assert [one.pk for one in offered_to(rami)] == [session.pk]
    mine = take_over(session, by=rami)
    session.refresh_from_db()
    assert session.closed_at is not None and session.counts.get().variance == -1
    assert (mine.cashier_id, mine.box, mine.taken_from) == (rami.user_id, session.box, session)
    assert mine.opening_float == {"ILS": "259.00"}
    assert Line.objects.get(account__role="over_short").debit == 1
    pays(nour, "40", by=rami)
    (holding,) = expected_in(mine)
    assert holding.expected == 299
    assert cash_in(session.box) == {"ILS": Decimal("99")}  # the float never was a receipt
    assert faults(HOUSE) == []


def test_nothing_is_received_while_the_box_changes_hands(karim: Viewer, rami: Viewer, nour) -> None:
    owes(nour, "100")
    session = session_of(karim)
    offer_session(session, counts=[], to=of(rami), by=karim)
    with pytest.raises(SessionBeingHandedOver):
        pays(nour, "60", by=karim)
    withdraw_offer(session, by=karim)
    pays(nour, "60", by=karim)
    with pytest.raises(NotHandedToYou):
        take_over(session, by=rami)


def test_only_the_named_colleague_takes_it(karim: Viewer, rami: Viewer) -> None:
    session = session_of(karim)
    with pytest.raises(HandoverToSelf):
        offer_session(session, counts=[], to=of(karim), by=karim)
    offer_session(session, counts=[], to=of(rami), by=karim)
    with pytest.raises(NotHandedToYou):
        take_over(session, by=staff("hani", "cashier"))


def test_who_sits_at_a_box_takes_no_second_one(karim: Viewer, rami: Viewer) -> None:
    session = session_of(karim)
    session_of(rami, box=add_box(code="02", name_ar="الفرع", by=HOUSE))
    offer_session(session, counts=[], to=of(rami), by=karim)
    with pytest.raises(SessionStillOpen):
        take_over(session, by=rami)
    assert CashSession.objects.filter(closed_at=None).count() == 2


def test_the_database_takes_no_other_float(karim: Viewer, rami: Viewer) -> None:
    session = session_of(karim, ils="200")
    offer_session(session, counts=[counted("200")], to=of(rami), by=karim)
    mine = take_over(session, by=rami)
    with (
        pytest.raises(DatabaseError, match="taken over with what was counted"),
        transaction.atomic(),
        recorded(by=HOUSE),
    ):
        CashSession.objects.create(
            box=mine.box,
            cashier=of(karim),
            on_date=today(),
            opened_at=timezone.now(),
            opening_float={"ILS": "150"},
            taken_from=session,
        )
