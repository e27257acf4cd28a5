"""Seeing and ending sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.errors import NotPermitted
from kernel.identity import selectors, services
from kernel.identity.models import User
from kernel.identity.tests.conftest import PASSWORD, SignIn
from kernel.viewer import Viewer

GOOD = "olives drying on the roof"


@pytest.fixture
def two_browsers(browser: Client, sign_in: SignIn) -> tuple[Client, Client]:
    """Amal at the desk, and Amal's telephone."""
    phone = Client(HTTP_HOST="khanyounis.test", HTTP_USER_AGENT="Mozilla/5.0 (Android) Firefox/115")
    sign_in("amal")
    sign_in("amal", client=phone)
    return browser, phone


def is_in(client: Client) -> bool:
    return client.get(reverse("usersessions_list")).status_code == 200


def test_amal_sees_her_sessions_and_ends_the_others(
    two_browsers: tuple[Client, Client], amal: Viewer
) -> None:
    desk, phone = two_browsers
    page = desk.get(reverse("usersessions_list")).content.decode()
    assert "Firefox, Android" in page
    user = User.objects.get(username="amal")
    assert len(selectors.sessions_of(amal, user, current_key=desk.session.session_key or "")) == 2
    desk.post(reverse("usersessions_list"))
    assert is_in(desk)
    assert not is_in(phone)


def test_a_changed_password_ends_all_sessions_but_the_one_in_hand(
    two_browsers: tuple[Client, Client],
) -> None:
    desk, phone = two_browsers
    before = desk.session.session_key
    desk.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": GOOD, "password2": GOOD},
    )
    assert is_in(desk)
    assert desk.session.session_key != before
    assert not is_in(phone)


def test_the_administrator_ends_every_session(
    two_browsers: tuple[Client, Client], hadi: Viewer, amal: Viewer
) -> None:
    user = User.objects.get(username="amal")
    with pytest.raises(NotPermitted):
        services.end_all_sessions(user, by=amal, reason="-")
    services.end_all_sessions(user, by=hadi, reason="فقدان هاتف")
    assert not any(is_in(client) for client in two_browsers)
    assert selectors.sessions_of(hadi, user) == []


def test_a_closed_account_is_out_at_once(two_browsers: tuple[Client, Client], hadi: Viewer) -> None:
    services.deactivate(User.objects.get(username="amal"), by=hadi, reason="استقالة")
    assert not any(is_in(client) for client in two_browsers)


def test_one_session_is_ended_by_its_owner_or_by_who_keeps_accounts(
    two_browsers: tuple[Client, Client], amal: Viewer, basel: Viewer
) -> None:
    desk, phone = two_browsers
    user = User.objects.get(username="amal")
    key = phone.session.session_key or ""
    with pytest.raises(NotPermitted):
        services.end_session(user, session_key=key, by=basel)
    services.end_session(user, session_key=key, by=amal)
    assert is_in(desk)
    assert not is_in(phone)


def test_logging_out_ends_the_session(two_browsers: tuple[Client, Client]) -> None:
    desk, phone = two_browsers
    desk.post(reverse("account_logout"))
    assert not is_in(desk)
    assert is_in(phone)


def test_lapsed_sessions_are_swept_and_open_ones_stay(
    two_browsers: tuple[Client, Client],
) -> None:
    desk, phone = two_browsers
    Session.objects.filter(session_key=phone.session.session_key).update(
        expire_date=timezone.now() - timedelta(minutes=1)
    )
    assert services.sweep_sessions() == 1
    assert is_in(desk)
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [
        desk.session.session_key
    ]
