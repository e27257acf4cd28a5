"""Support: an operator asks with a reason and a time, the municipality's administrator approves, the visit ends by itself.

The account of a visit is made in the municipality at the approval and closed at the end, so that its own trail tells of
both. Its rights are those of the municipality's role `support_viewer`; whatever they are, a visit only looks.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel.calendar.selectors import today
from kernel.errors import Conflict, InvalidInput, NotVisible
from kernel.identity.models import User
from kernel.identity.services import MANAGE, create_user, deactivate
from kernel.notifications.services import notify
from kernel.organisation.models import Assignment
from kernel.organisation.seeds import seed_roles
from kernel.organisation.selectors import role_by_code, section_by_code
from kernel.organisation.services import assign
from kernel.tasks import tenant_task
from kernel.tenancy import current_schema, use, use_shared
from kernel.viewer import Viewer
from tenants.models import SERVED, Host, SupportAccess
from tenants.staging import NotServed, found

log = structlog.get_logger(__name__)
ROLE = "support_viewer"
SHORTEST, LONGEST = 5, 240
_SALT = "tenants.support.enter"
_TICKET_SECONDS = 60
HOUSE = Viewer.system("support")


class NotOpen(Conflict):
    code = "support_not_open"
    sentence = _("This visit was not approved, or its time is over.")


class AlreadyDecided(Conflict):
    code = "support_decided"
    sentence = _("This request was answered already.")


def ask(schema: str, *, reason: str, minutes: int, by: Viewer) -> SupportAccess:
    """Ask for a visit; the municipality's administrators are told. Refuses `NotServed` and `InvalidInput`."""
    by.require("hub.manage_fleet")
    if not reason.strip():
        raise InvalidInput({"reason": [_("Say why: the municipality decides by it.")]})
    if not SHORTEST <= minutes <= LONGEST:
        raise InvalidInput({"minutes": [_("Between 5 and 240 minutes.")]})
    town = found(schema)
    if town.stage not in SERVED:
        raise NotServed(schema=schema)
    with use_shared():
        access = SupportAccess.objects.create(
            municipality=town,
            asked_by=by.user_id or 0,
            asked_by_name=by.name,
            reason=reason.strip(),
            minutes=minutes,
        )
    with use(schema), transaction.atomic():
        notify(
            administrators(),
            verb="support.asked",
            text=gettext("%(name)s asks to look into the system: %(reason)s")
            % {"name": by.name, "reason": reason.strip()},
            url="/settings/support",
            by=HOUSE,
        )
    log.info("support.asked", tenant=schema, access=access.pk, by=by.user_id)
    return access


def visits(schema: str) -> list[SupportAccess]:
    """Every visit that was asked for, newest first: the municipality and the hub read the same list."""
    with use_shared():
        return list(
            SupportAccess.objects.filter(municipality__schema_name=schema).order_by("-id")[:200]
        )


def decide(number: int, *, approve: bool, by: Viewer) -> SupportAccess:
    """The administrator's answer, in the municipality. Refuses `NotVisible` and `AlreadyDecided`."""
    by.require(MANAGE)
    schema = current_schema()
    _decided(number, schema, approve=approve, by=by)
    access = _of(number, schema)
    if approve:
        with transaction.atomic():
            seed_roles()
            user = create_user(
                f"support-{access.pk}",
                name_ar=gettext("Support: %(name)s") % {"name": access.asked_by_name},
                by=by,
            )
            role = role_by_code(ROLE)
            assign(
                user,
                section=section_by_code("computer"),
                role=role,
                ends_on=today() + timedelta(days=1),
                reason=access.reason,
                by=by,
            )
        _write(access, account=user.pk)
    log.info("support.decided", tenant=schema, access=number, approved=approve, by=by.user_id)
    return access


def ticket(number: int, *, by: Viewer) -> str:
    """The address at which whoever asked enters, for a minute. Refuses `NotVisible` and `NotOpen`."""
    by.require("hub.manage_fleet")
    with use_shared():
        access = (
            SupportAccess.objects.select_related("municipality")
            .filter(pk=number, asked_by=by.user_id or 0)
            .first()
        )
        if access is None:
            raise NotVisible()
        schema = access.municipality.schema_name
        host = Host.objects.filter(tenant=access.municipality).order_by("-is_primary").first()
    if access.state != "open" or host is None:
        raise NotOpen()
    with use(schema):
        text = signing.dumps({"visit": number, "town": schema}, salt=_SALT)
    if settings.BEHIND_TLS:
        return f"https://{host.domain}/support/enter/{text}"
    return f"http://{host.domain}:{settings.PUBLIC_PORT}/support/enter/{text}"


def enter(text: str) -> tuple[SupportAccess, User]:
    """The visit and its account, in the municipality of the ticket. Refuses `NotOpen`."""
    schema = current_schema()
    try:
        told = signing.loads(text, salt=_SALT, max_age=_TICKET_SECONDS)
    except signing.BadSignature as error:
        raise NotOpen() from error
    if told.get("town") != schema:
        raise NotOpen()
    access = _of(int(told["visit"]), schema)
    user = User.objects.filter(pk=access.account or 0, is_active=True).first()
    if access.state != "open" or user is None:
        raise NotOpen()
    if access.entered_at is None:
        _write(access, entered_at=timezone.now())
    log.info("support.entered", tenant=schema, access=access.pk)
    return access, user


def end(number: int, *, by: Viewer, schema: str = "") -> None:
    """End a visit now: its account is closed and its sessions with it. By the municipality, or by who asked."""
    town = schema or current_schema()
    access = _of(number, town)
    # The account first: a visit that is called ended has none.
    if access.account:
        with use(town):
            user = User.objects.filter(pk=access.account or 0, is_active=True).first()
            if user is not None:
                deactivate(user, by=HOUSE, reason=gettext("The support visit is over."))
    with use_shared():
        SupportAccess.objects.filter(pk=number, ended_at=None).update(
            ended_at=timezone.now(), ended_by=by.name
        )
    log.info("support.ended", tenant=town, access=number)


@tenant_task(name="hub.end_visits")
def end_visits() -> int:
    """Close the accounts of visits whose time is over. Runs in the hub, every minute. Returns how many.

    A municipality that cannot be entered is logged and tried again; the visits of others end all the same.
    """
    with use_shared():
        over = list(
            SupportAccess.objects.filter(
                approved=True, ended_at=None, ends_at__lte=timezone.now()
            ).values_list("pk", "municipality__schema_name")
        )
    ended = 0
    for number, schema in over:
        try:
            end(number, by=HOUSE, schema=schema)
        except Exception:
            log.exception("visit.not_ended", tenant=schema, visit=number)
        else:
            ended += 1
    return ended


def administrators() -> list[int]:
    """Who keeps the organisation of the municipality that is entered: the numbers of their accounts."""
    held = Assignment.objects.filter(role__permissions__contains=[MANAGE], user__is_active=True)
    return list(held.values_list("user_id", flat=True).distinct())


def _of(number: int, schema: str) -> SupportAccess:
    with use_shared():
        access = SupportAccess.objects.filter(pk=number, municipality__schema_name=schema).first()
    if access is None:
        raise NotVisible()
    return access


def _decided(number: int, schema: str, *, approve: bool, by: Viewer) -> None:
    access = _of(number, schema)
    now = timezone.now()
    with use_shared():
        answered = SupportAccess.objects.filter(pk=number, approved=None, ended_at=None).update(
            approved=approve,
            decided_at=now,
            decided_by=by.name,
            ends_at=now + timedelta(minutes=access.minutes) if approve else None,
        )
    if not answered:
        raise AlreadyDecided()


def _write(access: SupportAccess, **changes: object) -> None:
    with use_shared():
        SupportAccess.objects.filter(pk=access.pk).update(**changes)
    for name, value in changes.items():
        setattr(access, name, value)
