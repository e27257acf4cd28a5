"""The life of a municipality here: suspend and resume. Nothing is lost in between."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.tenancy import HUB, use_shared
from tenants.hosts import forget_everywhere
from tenants.models import SERVED, Municipality, Stage


class NoSuchMunicipality(Refusal):
    code = "no_such_municipality"
    sentence = _("There is no municipality with the short name “%(schema)s”.")


class NotSuspended(Refusal):
    code = "not_suspended"
    sentence = _("“%(schema)s” is not suspended.")


class NotServed(Refusal):
    code = "not_served"
    sentence = _("“%(schema)s” is not being served, so it cannot be suspended.")


def suspend(schema: str) -> Municipality:
    """Stop serving: pages and API answer 503 with a sentence. Refuses `NotServed`."""
    return _move(schema, since=SERVED, to=Stage.SUSPENDED, otherwise=NotServed)


def resume(schema: str) -> Municipality:
    """Serve again. Refuses `NotSuspended`."""
    return _move(schema, since=frozenset({Stage.SUSPENDED}), to=Stage.LIVE, otherwise=NotSuspended)


def _move(
    schema: str, *, since: frozenset[Stage], to: Stage, otherwise: type[Refusal]
) -> Municipality:
    with use_shared(), transaction.atomic():
        found = (
            Municipality.objects.select_for_update()
            .filter(schema_name=schema)
            .exclude(schema_name=HUB)
            .first()
        )
        if found is None:
            raise NoSuchMunicipality(schema=schema)
        if found.stage not in since:
            raise otherwise(schema=schema)
        found.stage = to
        found.save(update_fields=["stage"])
    forget_everywhere()
    return found  # type: ignore[no-any-return]
