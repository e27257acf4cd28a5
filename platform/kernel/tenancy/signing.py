"""Django's signatures, bound to the municipality: cookies, sessions, links, whoever signs them.

Libraries call `django.core.signing` themselves, so the binding stands there and not in a class of ours that they would
never use. A value signed in one municipality is a bad signature in another; without one it is `NoTenant`.
"""

from __future__ import annotations

from typing import Any

from django.core.signing import Signer

from kernel.tenancy.keys import town_key

_PURPOSE = "signature"
_plain = Signer.__init__


def bind_signatures() -> None:
    """From now on every signer of this process signs for the active municipality alone. Done once at start."""
    Signer.__init__ = _bound  # type: ignore[method-assign]


def unbind_signatures() -> None:
    """Django as it was. For the test that shows what would happen."""
    Signer.__init__ = _plain  # type: ignore[method-assign]


def _bound(self: Signer, *args: Any, **kwargs: Any) -> None:
    _plain(self, *args, **kwargs)
    self.key = town_key(_PURPOSE, secret=self.key)
    self.fallback_keys = [town_key(_PURPOSE, secret=one) for one in self.fallback_keys]
