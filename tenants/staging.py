"""The life of a municipality here: suspend, resume, archive. Nothing is lost in between; deleting is `tenants.deletion`."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.tenancy import HUB, use_shared
from tenants.hosts import forget_everywhere
from tenants.models import SERVED, Municipality, Stage
from tenants.portability.passages import refuse_on_its_way


class NoSuchMunicipality(Refusal):
    code = "no_such_municipality"
    sentence = _("There is no municipality with the short name “%(schema)s”.")


class NotSuspended(Refusal):
    code = "not_suspended"
    sentence = _("“%(schema)s” is not suspended.")


class NotServed(Refusal):
    code = "not_served"
    sentence = _("“%(schema)s” is not being served, so it cannot be suspended.")


class NotArchived(Refusal):
    code = "not_archived"
    sentence = _("“%(schema)s” is not archived.")


def suspend(schema: str, *, reason: str = "") -> Municipality:
    """Stop serving: pages and API answer 503 with a sentence. Refuses `NotServed`."""
    return move(schema, since=SERVED, to=Stage.SUSPENDED, otherwise=NotServed, reason=reason)


def resume(schema: str) -> Municipality:
    """Serve again, in the stage that it was suspended from (a training municipality does not come back as live).

    Refuses `NotSuspended`, and `OnItsWay` while it is being moved elsewhere.
    """
    refuse_on_its_way(schema)
    return move(schema, since=frozenset({Stage.SUSPENDED}), to=None, otherwise=NotSuspended)


def archive(schema: str, *, reason: str = "") -> Municipality:
    """Close for good, keeping everything. Refuses `NotSuspended`: whoever is served is suspended first."""
    return move(
        schema,
        since=frozenset({Stage.SUSPENDED}),
        to=Stage.ARCHIVED,
        otherwise=NotSuspended,
        reason=reason,
    )


def take_back(schema: str) -> Municipality:
    """From the archive to suspended; a deletion that was asked for is forgotten. Refuses `NotArchived`."""
    return move(
        schema, since=frozenset({Stage.ARCHIVED}), to=Stage.SUSPENDED, otherwise=NotArchived
    )


def found(schema: str) -> Municipality:
    """The municipality of that short name. Refuses `NoSuchMunicipality`; the hub is none."""
    with use_shared():
        one = Municipality.objects.exclude(schema_name=HUB).filter(schema_name=schema).first()
    if one is None:
        raise NoSuchMunicipality(schema=schema)
    return one  # type: ignore[no-any-return]


def move(
    schema: str,
    *,
    since: frozenset[Stage],
    to: Stage | None,
    otherwise: type[Refusal],
    reason: str = "",
    delete_after: date | None = None,
) -> Municipality:
    """From one of these stages to another (`to` None: to the one that it was served in before), under a lock.

    Refuses `NoSuchMunicipality` and `otherwise`.
    """
    with use_shared(), transaction.atomic():
        one = (
            Municipality.objects.select_for_update()
            .filter(schema_name=schema)
            .exclude(schema_name=HUB)
            .first()
        )
        if one is None:
            raise NoSuchMunicipality(schema=schema)
        if one.stage not in since:
            raise otherwise(schema=schema)
        reached = to or one.stage_before or Stage.LIVE
        if one.stage in SERVED:
            one.stage_before = one.stage
        if one.stage != reached:
            one.stage_since = timezone.now()
        one.stage, one.stage_reason, one.delete_after = reached, reason, delete_after
        one.save(
            update_fields=["stage", "stage_before", "stage_since", "stage_reason", "delete_after"]
        )
    forget_everywhere()
    return one  # type: ignore[no-any-return]
