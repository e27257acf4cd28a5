"""One-time codes by text message: proof that a browser holds a telephone. Nothing of it is kept in a table.

A code is kept as a digest that only fits this municipality, this browser and this telephone; it lives ten minutes, is
tried five times and works once. Nothing here asks whether anybody is on file: every telephone gets the same answer.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.calendar.selectors import today
from kernel.notifications.services import send_sms
from kernel.parties.identifiers import read_phone
from kernel.policies.selectors import value
from kernel.profile.selectors import profile
from kernel.tenancy import current_schema
from kernel.viewer import Viewer
from modules.frontdesk.errors import TooManyTries
from modules.frontdesk.errors.online import CodeNotSent, CodeWrong, TooManyCodes
from modules.frontdesk.selectors.tracking import count_try

DIGITS = 6
LIVES_SECONDS = 600
TRIES = 5
PER_PHONE = 3
PER_PHONE_A_DAY = 10
PER_ADDRESS = 60
"""Codes in a quarter of an hour: few for a telephone, many for an address, behind which a whole hall may sit."""
_DAY, _HOUR = 86400, 3600


@dataclass(frozen=True)
class Proven:
    """A telephone that somebody holds, and what they meant to do when they asked for the code."""

    phone: str
    meant: Mapping[str, Any]


def send_code(
    phone: str, *, browser: str, address: str, meant: Mapping[str, Any], by: Viewer
) -> str:
    """Send a new code to the telephone; the one sent to this browser before is worth nothing. Gives the telephone.

    Refuses `PhoneNotUnderstood`, `TooManyCodes` for a telephone, an address or the town, and `CodeNotSent`.
    """
    e164 = read_phone(phone).e164
    _throttle(e164, address)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    kept = {"phone": e164, "digest": _digest(code, browser, e164), "meant": dict(meant)}
    key = _key(browser)
    cache.set(key, kept, LIVES_SECONDS)
    cache.set(f"{key}:tries", 0, LIVES_SECONDS)
    if cache.get(key) != kept:  # without its digest a code would prove nothing
        raise CodeNotSent()
    with in_language("ar"):
        text = _("%(town)s: your code is %(code)s. Nobody of us asks you for it.") % {
            "town": profile().name_ar,
            "code": code,
        }
        send_sms(phone=e164, text=text, is_secret=True, by=by)
    return e164


def sent_to(browser: str) -> str:
    """The telephone that a code was sent to from this browser; "" when none is waited for."""
    kept = cache.get(_key(browser)) if browser else None
    return str(kept["phone"]) if kept else ""


def send_again(*, browser: str, address: str, by: Viewer) -> None:
    """A new code for the same telephone and purpose. Refuses what `send_code` refuses, and `CodeWrong`."""
    kept = cache.get(_key(browser)) if browser else None
    if not kept:
        raise CodeWrong()
    send_code(kept["phone"], browser=browser, address=address, meant=kept["meant"], by=by)


def prove(code: str, *, browser: str) -> Proven:
    """Accept the code once. Refuses `CodeWrong` for whatever does not fit, and after five tries."""
    key = _key(browser)
    kept = cache.get(key) if browser else None
    if not kept:
        raise CodeWrong()
    try:
        tried = cache.incr(f"{key}:tries")
    except ValueError:
        tried = None
    if tried is None or tried > TRIES:
        cache.delete(key)
        raise CodeWrong()
    if not hmac.compare_digest(kept["digest"], _digest(code.strip(), browser, kept["phone"])):
        raise CodeWrong()
    if not cache.delete(key):  # another click was faster: a code works once
        raise CodeWrong()
    return Proven(kept["phone"], kept["meant"])


def _throttle(phone: str, address: str) -> None:
    town = int(value("FRD-01.codes_an_hour", on=today()).value)
    try:
        count_try(f"code:{phone}", PER_PHONE)
        count_try(f"code.day:{phone}", PER_PHONE_A_DAY, seconds=_DAY)
        count_try(f"code.address:{address}", PER_ADDRESS)
        count_try("code.town", town, seconds=_HOUR)
    except TooManyTries:
        raise TooManyCodes() from None


def _digest(code: str, browser: str, phone: str) -> str:
    sealed = salted_hmac(
        f"frontdesk.code:{current_schema()}", f"{browser}|{phone}|{code}", algorithm="sha256"
    )
    return sealed.hexdigest()


def _key(browser: str) -> str:
    return f"frontdesk.code:{hashlib.sha256(browser.encode()).hexdigest()}"
