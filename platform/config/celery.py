"""The Celery application: tasks of every room and module, and one beat that fans out per municipality."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


@celeryd_init.connect
def without_pool(**_: Any) -> None:
    """A worker's process does one task at a time on one connection, which is given up after it: nothing to pool."""
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)


app = Celery("baladiyat")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="services")
app.autodiscover_tasks(related_name="figures")
app.autodiscover_tasks(related_name="support")
app.autodiscover_tasks(related_name="spares")
app.conf.beat_schedule = {
    "fan-out": {"task": "tenants.fan_out", "schedule": 10.0, "options": {"expires": 9}},
}
