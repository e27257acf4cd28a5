"""The Celery application: tasks of every room and module, and one beat that fans out per municipality."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("baladiyat")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="services")
app.autodiscover_tasks(related_name="figures")
app.conf.beat_schedule = {
    "fan-out": {"task": "tenants.fan_out", "schedule": 10.0, "options": {"expires": 9}},
}
