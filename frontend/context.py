"""The context processor of every template."""

from __future__ import annotations

from django.http import HttpRequest

from frontend.face import Face


def face(request: HttpRequest) -> dict[str, Face]:
    return {"face": Face(request)}
