"""`/livez` says that the process answers; `/readyz` that database and cache do; `/metrics` (on the hub) how the fleet is."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from kernel.errors import NotVisible
from tenants.metrics import exposition


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers; the cache is reported but pages work without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
    except DatabaseError:
        database = False
    caches["shared"].set("ready", "1", 5)
    answer = {"database": database, "cache": caches["shared"].get("ready") == "1"}
    return JsonResponse(answer, status=200 if database else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers by municipality, for who brings METRICS_TOKEN. Without it there is no such page."""
    told = request.headers.get("Authorization", "").removeprefix("Bearer ")
    wanted = settings.METRICS_TOKEN
    if not wanted or not hmac.compare_digest(told.encode(), wanted.encode()):
        raise NotVisible()
    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


alive.guard = ready.guard = metrics.guard = "open"  # type: ignore[attr-defined]

urlpatterns = [path("livez", alive), path("readyz", ready)]
