"""A browser whose owner proved a telephone, as after the code of a text message."""

from __future__ import annotations

from django.core.signing import get_cookie_signer
from django.test import Client

from modules.frontdesk.pages.citizen_door import BROWSER, PHONE
from tests.exemplars import AT_HOME


def prove_phone(client: Client) -> None:
    """Gives it the two cookies of the municipality that is entered now: worth nothing in another."""
    for name, value in ((BROWSER, "canary"), (PHONE, f"canary {AT_HOME}")):
        client.cookies[name] = get_cookie_signer(salt=name + name).sign(value)
