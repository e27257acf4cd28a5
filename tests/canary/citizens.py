"""A browser whose owner proved a telephone, as after the code of a text message."""

from __future__ import annotations

from django.core.signing import get_cookie_signer

from modules.frontdesk.pages.citizen_door import BROWSER, PHONE
from tests.exemplars import AT_HOME


def phone_proof() -> dict[str, str]:
    """The two cookies of the municipality that is entered now: worth nothing in another."""
    told = {BROWSER: "canary", PHONE: f"canary {AT_HOME}"}
    return {name: get_cookie_signer(salt=name + name).sign(text) for name, text in told.items()}
