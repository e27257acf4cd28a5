"""The product's web application, and a count kept beside it: how many requests of each municipality are worked on at once.

Granian loads it in the place of config.wsgi. The count stands behind the turns and knows nothing of them.
"""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

PEAKS = "MEASURE_PEAKS"


class _Counted:
    """Highest number at once, by municipality; written down whenever it rises."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.lock = threading.Lock()
        self.now: Counter[str] = Counter()
        self.peaks: dict[str, int] = {}

    def around(self, get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def counted(request: Any) -> Any:
            if request.path in {"/livez", "/readyz"}:
                return get_response(request)
            town = request.address.schema
            self._enters(town)
            try:
                return get_response(request)
            finally:
                with self.lock:
                    self.now[town] -= 1

        return counted

    def _enters(self, town: str) -> None:
        with self.lock:
            self.now[town] += 1
            if self.now[town] > self.peaks.get(town, 0):
                self.peaks[town] = self.now[town]
                self.place.write_text(json.dumps(self.peaks))


def _application() -> Any:
    django.setup()
    from tenants import turns

    counted, begin = _Counted(Path(os.environ[PEAKS])), turns.TurnMiddleware.__init__

    def watched(self: Any, get_response: Callable[[Any], Any]) -> None:
        begin(self, counted.around(get_response))

    turns.TurnMiddleware.__init__ = watched  # type: ignore[method-assign]
    from config.wsgi import application

    return application


if PEAKS in os.environ:
    application = _application()
