"""`/livez` says that the process answers; `/readyz` that database and cache do."""

from __future__ import annotations

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.urls import path


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


alive.guard = ready.guard = "open"  # type: ignore[attr-defined]

urlpatterns = [path("livez", alive), path("readyz", ready)]
