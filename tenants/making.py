"""Making a municipality as a job of the hub: asked for in the browser, done by a worker, once however often it runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from kernel.jobs.models import Job
from kernel.jobs.running import RunningJob
from kernel.jobs.services import start_job
from kernel.tenancy import HUB, use, use_shared
from kernel.viewer import Viewer
from tenants.models import Municipality, Stage
from tenants.provisioning import Administrator, Plan, create_municipality, refuse_taken
from tenants.register import find

STEPS = ("reserve", "schema", "seeds", "administrator", "open")


def ask_for(plan: Plan, *, by: Viewer) -> Job:
    """Start the job. Refuses at once what would be refused later: `InvalidInput`, `SchemaTaken`, `HostTaken`."""
    by.require("hub.manage_fleet")
    refuse_taken(plan)
    person = plan.administrator
    params: dict[str, Any] = {
        "name": plan.row.name_ar,
        "schema": plan.schema,
        "hosts": list(plan.hosts),
        "is_demo": plan.is_demo,
        "modules": None if plan.modules is None else sorted(plan.modules),
        "region": plan.region,
        "dialect": plan.dialect,
        "pack": plan.pack,
        "administrator": None
        if person is None
        else {
            "username": person.username,
            "name_ar": person.name_ar,
            "name_en": person.name_en,
            "email": person.email,
        },
    }
    title = _("Making the municipality of %(name)s") % {"name": plan.row.name_ar}
    return start_job("hub.create", params=params, title=title, by=by)


def names_there() -> set[str]:
    """The Arabic names that are in the register of this installation."""
    with use_shared():
        return set(Municipality.objects.values_list("name_ar", flat=True))


def run(job: RunningJob) -> None:
    """The runner. A second run of the same job finds what the first one made."""
    job.by.require("hub.manage_fleet")
    plan = _plan(job.params, job.uid)
    link = ""

    def step(name: str) -> None:
        # Inside the municipality's transaction nothing of the hub is written: it would not be seen anyway.
        if not connection.in_atomic_block and name in STEPS:
            with use(HUB):
                job.advance(STEPS.index(name), len(STEPS), place={"step": name})

    def invited(text: str) -> None:
        nonlocal link
        link = text

    if not _is_made(job.uid):
        create_municipality(plan, by=job.by.as_house(), progress=step, invited=invited)
    job.advance(len(STEPS), len(STEPS))
    job.finish(text=_result(plan, link))


def _is_made(uid: UUID) -> bool:
    with use_shared():
        made = Municipality.objects.filter(uid=uid).exclude(stage=Stage.PROVISIONING)
        return bool(made.exists())


def _plan(params: dict[str, Any], uid: UUID) -> Plan:
    person = params["administrator"]
    return Plan(
        row=find(params["name"]),
        schema=params["schema"],
        hosts=tuple(params["hosts"]),
        is_demo=params["is_demo"],
        modules=None if params["modules"] is None else frozenset(params["modules"]),
        region=params["region"],
        dialect=params["dialect"],
        pack=params["pack"],
        administrator=Administrator(**person) if person else None,
        uid=uid,
    )


def _result(plan: Plan, link: str) -> str:
    said = [
        _("%(name)s is ready to log in at %(host)s.")
        % {"name": plan.row.name_ar, "host": plan.hosts[0]}
    ]
    person = plan.administrator
    if person is not None and link:
        if person.email and not settings.EMAIL_URL.startswith("local"):
            said.append(_("The invitation was mailed to %(email)s.") % {"email": person.email})
        else:
            said.append(
                _("Hand this link to %(name)s; it works once: %(link)s")
                % {"name": person.name_ar, "link": link}
            )
    return "\n".join(said)
