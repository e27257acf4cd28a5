"""Static files are served before any municipality is looked up: they are the same for all."""

from __future__ import annotations

from whitenoise.middleware import WhiteNoiseMiddleware


class StaticMiddleware(WhiteNoiseMiddleware):
    """Whitenoise; the built assets carry their hash in the name, so they never expire."""

    def immutable_file_test(self, path: str, url: str) -> bool:
        return "/assets/" in url
