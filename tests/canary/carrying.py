"""What a thief, a copied row or a mixed-up cookie would carry from one twin into the other."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kernel.identity.keys import CannotOpen, lock, open_locked
from kernel.identity.models import User
from kernel.identity.tokens import password_reset_tokens
from kernel.notifications.models import MessageStatus, OutgoingMessage
from kernel.notifications.services import send_sms
from kernel.tenancy import use
from tests.canary.acts import Act
from tests.canary.twins import Town, behind_the_house
from tests.canary.visiting import Visitor


def carried() -> list[Act]:
    """Acts that take something of one town into the other; each tells what it got there."""
    found: dict[str, Callable[[Visitor, Town], None]] = {
        "session": _session,
        "session with its row": _session_row,
        "key": _key,
        "link": _link,
        "secret": _secret,
        "cache": _cached,
        "message": _message,
    }
    return [Act(f"carried {name}", "carried", do, writes=True) for name, do in found.items()]


def _session(visitor: Visitor, town: Town) -> None:
    """The neighbour's cookie opens nothing here."""
    _opens_nothing(visitor, town, "carried session")


def _session_row(visitor: Visitor, town: Town) -> None:
    """Nor when the row behind it was copied too, by a restore or a clone: same ids, same people, same passwords."""
    theirs = visitor.twins.other(town)
    key = visitor.client(theirs, "browser").cookies[settings.SESSION_COOKIE_NAME].value
    with behind_the_house() as raw:
        raw.execute(
            f'INSERT INTO "{town.schema}".django_session SELECT * FROM "{theirs.schema}".django_session '
            "WHERE session_key = %s ON CONFLICT DO NOTHING",
            [key],
        )
    try:
        _opens_nothing(visitor, town, "carried session with its row")
    finally:
        with behind_the_house() as raw:
            raw.execute(f'DELETE FROM "{town.schema}".django_session WHERE session_key = %s', [key])


def _opens_nothing(visitor: Visitor, town: Town, what: str) -> None:
    theirs = visitor.client(visitor.twins.other(town), "browser")
    # Django tells every client of an error that a request of another thread had; it is for that thread's to raise.
    thief = Client(raise_request_exception=False, HTTP_HOST=town.host)
    thief.cookies.load({name: morsel.value for name, morsel in theirs.cookies.items()})
    with visitor.serving(town):
        answer = thief.get("/me/")
    if answer.status_code != 302 or "/accounts/login/" not in answer["Location"]:
        visitor.sightings.tell(f"{what}: opened /me/ of {town.schema} with {answer.status_code}")
    visitor.sightings.look_at_answer(answer, of=town, where=what)


def _key(visitor: Visitor, town: Town) -> None:
    theirs = visitor.client(visitor.twins.other(town), "programme")
    with visitor.serving(town):
        answer = theirs.get("/api/v1/parties", HTTP_HOST=town.host)
    if answer.status_code != 401:
        visitor.sightings.tell(f"carried key: {answer.status_code} in {town.schema}")
    visitor.sightings.look_at_answer(answer, of=town, where="carried key")


def _link(visitor: Visitor, town: Town) -> None:
    """A link that sets a password there does not set the same person's password here."""
    theirs = visitor.twins.other(town)
    with use(theirs.schema):
        amal = User.objects.get(username="amal")
        token = password_reset_tokens.make_token(amal)
    address = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(amal), token])
    for host, right in ((theirs, True), (town, False)):
        with visitor.serving(host):
            answer = visitor.client(host, "anybody").get(address)
        opened = answer.status_code == 302 and "set-password" in answer["Location"]
        if opened is not right:
            visitor.sightings.tell(
                f"carried link of {theirs.schema}: opened {opened} in {host.schema}"
            )


def _secret(visitor: Visitor, town: Town) -> None:
    with use(visitor.twins.other(town).schema):
        locked = lock("JBSWY3DPEHPK3PXP", purpose="second-factor")
    with use(town.schema):
        try:
            open_locked(locked, purpose="second-factor")
        except CannotOpen:
            return
    visitor.sightings.tell(f"carried secret: opened in {town.schema}")


def _cached(visitor: Visitor, town: Town) -> None:
    """The same key in both: each finds only what itself has put there."""
    with visitor.inside(town):
        visitor.looks(repr(cache.get("canary")), town, "cache")
        cache.set("canary", town.mark, 600)


def _message(visitor: Visitor, town: Town) -> None:
    """A worker that comes from the neighbour delivers this town's message, not the one of the same number there."""
    with visitor.inside(town) as viewer:
        written = send_sms(phone="0599123456", text=f"نص {town.mark}", by=viewer)
        assert written is not None
    with use(visitor.twins.other(town).schema):
        visitor.works_off(town)
    with visitor.inside(town):
        sent = OutgoingMessage.objects.get(pk=written.pk)
    if sent.status != MessageStatus.SENT:
        visitor.sightings.tell(f"carried message: is {sent.status} in {town.schema}")
