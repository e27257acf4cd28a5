"""Logging in without a password: Chromium's virtual authenticator plays the fingerprint reader of Walid's computer."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tenants.demo.staff import PASSWORD
from tests.browser.screen import Screen

KEYS = "/accounts/2fa/webauthn/"


def plug_in_a_reader(page: Page) -> None:
    """A platform authenticator that knows its owner and touches itself."""
    reader = page.context.new_cdp_session(page)
    reader.send("WebAuthn.enable")
    reader.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def confirm_who_it_is(walid: Screen) -> None:
    """Before the means of logging in change, the password is asked once more."""
    walid.page.wait_for_url(re.compile("/accounts/reauthenticate/"))
    walid.page.locator("[name=password]").fill(PASSWORD)
    walid.page.locator("main form .btn-main").first.click()


def take_keys_away(walid: Screen) -> None:
    """The account is as it was: the next run of this test begins without a key."""
    page = walid.page
    walid.open(KEYS)
    while page.locator("main a[href*='/remove/']").count():
        page.locator("main a[href*='/remove/']").first.click()
        page.wait_for_url(re.compile("/reauthenticate/|/remove/"))
        if "/reauthenticate/" in page.url:
            confirm_who_it_is(walid)
        page.locator("main form .btn-danger").click()
        walid.open(KEYS)


def test_a_passkey_opens_the_account_without_a_password(screen: Callable[..., Screen]) -> None:
    walid = screen("walid", fresh=True)
    page = walid.page
    plug_in_a_reader(page)
    walid.open(f"{KEYS}add/")
    confirm_who_it_is(walid)
    page.locator("[name=name]").fill("حاسوب المكتب")
    page.locator("[name=passwordless]").check()
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: not url.endswith("/add/"))
    try:
        walid.open(KEYS)
        expect(page.locator("main")).to_contain_text("حاسوب المكتب")
        walid.picture("passkeys-1366")

        page.context.clear_cookies()
        walid.open("/accounts/login/")
        page.click("#passkey_login")
        page.wait_for_selector(".topbar")
        walid.open("/me/")
        expect(page.locator("main")).to_contain_text(re.compile("وليد"))
    finally:
        take_keys_away(walid)
    expect(page.locator("main")).not_to_contain_text("حاسوب المكتب")
