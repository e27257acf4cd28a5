"""A new municipality: all of it or nothing.

Steps: reserve the name in the register (never served while it is being made); then, in one transaction, build the
schema, its seeds and its administrator and open the host. A crash in between leaves a reserved row without a schema,
which the next try sweeps away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kernel import registry
from kernel.activation import services as activation
from kernel.errors import InvalidInput, Refusal
from kernel.house import ADMINISTRATOR
from kernel.identity.services import create_user, invite
from kernel.organisation.selectors import role_by_code, section_by_code
from kernel.organisation.services import assign
from kernel.profile.planting import plant, seeds_mark
from kernel.profile.services import seed_profile
from kernel.tenancy import HUB, SHARED, TEMPLATE, VALID_SCHEMA, as_owner, use, use_shared
from kernel.viewer import Viewer
from tenants.backend.wall import SPARE_PREFIX
from tenants.citus import spread
from tenants.hosts import forget_everywhere
from tenants.models import Host, Kind, Municipality, Release, Stage
from tenants.packs import adopt_pack
from tenants.register import RegisterRow
from tenants.release import Progress, current_release, replay
from tenants.roles import grant_municipality
from tenants.spares import take_spare

_HOST = re.compile(
    r"^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$"
)
_RESERVED = {SHARED, HUB, TEMPLATE, "extensions", "information_schema"}


class HostTaken(Refusal):
    code = "host_taken"
    sentence = _("The address “%(host)s” already belongs to a municipality.")
    field = "host"


class SchemaTaken(Refusal):
    code = "schema_taken"
    sentence = _("There is already a municipality with the short name “%(schema)s”.")
    field = "schema"


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """The first person of a municipality, who invites the others."""

    username: str
    name_ar: str
    name_en: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be made. `modules` None means every installed module; region and dialect "" are the register's.

    `uid` is given by whoever may ask twice for the same: it becomes the municipality's own.
    """

    row: RegisterRow
    schema: str
    hosts: Sequence[str]
    is_demo: bool = False
    modules: frozenset[str] | None = None
    kind: str = Kind.MUNICIPALITY
    region: str = ""
    dialect: str = ""
    pack: str = "proposed"
    administrator: Administrator | None = None
    uid: UUID | None = None


def schema_from_host(host: str) -> str:
    """A schema name from the first label of a host: `khan-younis.localhost` gives `khan_younis`."""
    label = re.sub(r"[^a-z0-9]+", "_", host.split(".", 1)[0].lower()).strip("_")
    return label if label[:1].isalpha() else f"town_{label}"


def create_municipality(
    plan: Plan,
    *,
    by: Viewer,
    progress: Progress = lambda line: None,
    invited: Progress = lambda link: None,
) -> Municipality:
    """Make a municipality, ready to log in; `invited` is told the administrator's one-time link.

    Refuses `InvalidInput`, `HostTaken`, `SchemaTaken`; leaves nothing behind when anything fails.
    """
    check(plan)
    release = current_release()
    with making(plan.schema):
        return _make(plan, release, by=by, progress=progress, invited=invited)


@contextmanager
def making(schema: str) -> Iterator[None]:
    """Hold the name while it is being made, so that nobody sweeps its reservation away."""
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"make:{schema}"])
    try:
        yield
    finally:
        with use_shared(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"make:{schema}"])


def _make(
    plan: Plan, release: Release, *, by: Viewer, progress: Progress, invited: Progress
) -> Municipality:
    progress("reserve")
    municipality = reserve(plan)
    try:
        with as_owner(), use(plan.schema), transaction.atomic():
            progress("schema")
            if not take_spare(release, plan.schema):
                replay(release, plan.schema)
                grant_municipality(plan.schema)
            progress("seeds")
            _seed(plan, by)
            if plan.administrator is not None:
                progress("administrator")
                link = _invite(plan.administrator, base_url=_base_url(plan), by=by)
            progress("open")
            _open(municipality, plan, release)
    except BaseException:
        give_up(municipality)
        raise
    spread(plan.schema)
    forget_everywhere()
    if plan.administrator is not None:
        invited(link)
    return municipality


def _open(municipality: Municipality, plan: Plan, release: Release) -> None:
    """Serve it. In the transaction of the schema: whoever dies never leaves one without the other."""
    with use_shared():
        municipality.stage = Stage.TRAINING if plan.is_demo else Stage.ONBOARDING
        municipality.release = release.fingerprint
        municipality.save(update_fields=["stage", "release"])


def check(plan: Plan) -> None:
    """Refuses `InvalidInput` for names that could not be served."""
    errors: dict[str, list[object]] = {}
    if (
        not VALID_SCHEMA.match(plan.schema)
        or plan.schema in _RESERVED
        or plan.schema.startswith(("pg_", SPARE_PREFIX))
    ):
        errors["schema"] = [_("A short name has small Latin letters, digits and underscores only.")]
    bad = [host for host in plan.hosts if not _HOST.match(host)]
    if bad or not plan.hosts:
        errors["host"] = [_("An address has Latin letters, digits, hyphens and dots only.")]
    if plan.region not in {"", "WB", "GS"} or plan.dialect not in {"", "gaza", "west_bank"}:
        errors["region"] = [_("The region is the West Bank or the Gaza Strip.")]
    if errors:
        raise InvalidInput(errors)  # type: ignore[arg-type]


def reserve(plan: Plan) -> Municipality:
    """A row that holds the name and the hosts, never served. Refuses `SchemaTaken` and `HostTaken`."""
    with use_shared(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(7402027)")
        _sweep()
        if Municipality.objects.filter(schema_name=plan.schema).exists():
            raise SchemaTaken(schema=plan.schema)
        taken = Host.objects.filter(domain__in=plan.hosts).first()
        if taken is not None:
            raise HostTaken(host=taken.domain)
        row = plan.row
        municipality = Municipality.objects.create(
            schema_name=plan.schema,
            kind=plan.kind,
            name_ar=row.name_ar,
            name_en=row.name_en,
            governorate_ar=row.governorate_ar,
            governorate_en=row.governorate_en,
            region=plan.region or row.region,
            is_demo=plan.is_demo,
            **({"uid": plan.uid} if plan.uid else {}),
        )
        Host.objects.bulk_create(
            Host(domain=host, tenant=municipality, is_primary=position == 0)
            for position, host in enumerate(plan.hosts)
        )
    return municipality  # type: ignore[no-any-return]


def refuse_taken(plan: Plan) -> None:
    """Say now what would be refused later: names that are not served, or belong to somebody. Changes nothing."""
    check(plan)
    with use_shared():
        if Municipality.objects.filter(schema_name=plan.schema).exists():
            raise SchemaTaken(schema=plan.schema)
        taken = Host.objects.filter(domain__in=plan.hosts).first()
    if taken is not None:
        raise HostTaken(host=taken.domain)


def _sweep() -> None:
    """Remove reservations whose maker died: no schema was committed for them and nobody is making one now."""
    for left in Municipality.objects.filter(stage=Stage.PROVISIONING):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"make:{left.schema_name}"]
            )
            idle = cursor.fetchone()[0]
            cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [left.schema_name])
            if idle and cursor.fetchone() is None:
                Municipality.objects.filter(pk=left.pk).delete()


def _seed(plan: Plan, by: Viewer) -> None:
    profile = seed_profile(**_profile_values(plan), seeds_mark=seeds_mark(), by=by)
    activation.forget()
    for module in registry.modules():
        if module.optional and (plan.modules is None or module.code in plan.modules):
            activation.switch(module.code, on=True, by=by)
    plant(profile, activation.active_codes())
    adopt_pack(plan.pack, by=by)


def _invite(person: Administrator, *, base_url: str, by: Viewer) -> str:
    """The first account, seated as administrator; its link is bound to this municipality and works once."""
    user = create_user(
        person.username,
        name_ar=person.name_ar,
        name_en=person.name_en,
        email=person.email,
        by=by,
    )
    role = role_by_code(ADMINISTRATOR.code)
    assign(user, section=section_by_code("computer"), role=role, by=by)
    return invite(user, by=by, base_url=base_url)


def _base_url(plan: Plan) -> str:
    """Where people will open it: over TLS, except on a computer that serves nobody but itself."""
    host = plan.hosts[0]
    if settings.BEHIND_TLS or not host.endswith("localhost"):
        return f"https://{host}"
    return f"http://{host}:{settings.PUBLIC_PORT}"


def _profile_values(plan: Plan) -> dict[str, object]:
    row = plan.row
    return {
        "name_ar": row.name_ar,
        "name_en": row.name_en,
        "region": plan.region or row.region,
        "dialect": plan.dialect or row.dialect,
        "governorate_ar": row.governorate_ar,
        "governorate_en": row.governorate_en,
        "kind": plan.kind,
        "fee_class": row.fee_class,
        "timezone": row.timezone,
        "public_base_url": _base_url(plan),
        "is_demo": plan.is_demo,
        "stage": Stage.TRAINING if plan.is_demo else Stage.ONBOARDING,
    }


def give_up(municipality: Municipality) -> None:
    """Take a reservation back."""
    with use_shared(), transaction.atomic():
        Municipality.objects.filter(pk=municipality.pk, stage=Stage.PROVISIONING).delete()
    forget_everywhere()
