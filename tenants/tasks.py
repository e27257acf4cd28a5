"""One beat for all: asks in every municipality for the scheduled work of the modules that are on there."""

from __future__ import annotations

import time

from celery import shared_task
from django.core.cache import caches

from kernel import registry
from kernel.activation.services import active_codes
from kernel.tasks import send_task
from kernel.tenancy import HUB, use
from tenants.hosts import all_schemas

SEEN = "beat:seen"
"""When the beat was heard last by a worker; `baladiyat doctor` asks."""


@shared_task(name="tenants.fan_out", ignore_result=True)
def fan_out() -> int:
    """Send what is due; returns how many messages. A period is remembered in the shared cache."""
    caches["shared"].set(SEEN, time.time(), 3600)
    sent = 0
    for schema in (HUB, *all_schemas()):
        with use(schema):
            active = active_codes()
        for module in registry.modules():
            if module.code not in active:
                continue
            for schedule in module.schedules:
                if _due(schema, schedule.task, schedule.every_seconds):
                    send_task(schedule.task, schema)
                    sent += 1
    return sent


def _due(schema: str, task: str, every_seconds: int) -> bool:
    slot = int(time.time() // every_seconds)
    return bool(caches["shared"].add(f"schedule:{schema}:{task}:{slot}", 1, every_seconds * 2))
