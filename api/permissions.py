"""Deny by default: an endpoint declares, per action, the permission it needs; scopes narrow it further."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from api.errors import OutOfScope, Unauthenticated
from api.models import ApiKey
from kernel.activation.services import is_active
from kernel.errors import NotVisible

READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Undeclared(RuntimeError):
    """An endpoint without a declared permission for one of its actions: a fault in our code."""


class Declared(BasePermission):
    """Looks at the view's `module` and `permissions` ({action: permission code or None for any key holder})."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not is_active(view.module):
            raise NotVisible
        if getattr(view, "is_open", False):
            return True
        key = request.auth
        if not isinstance(key, ApiKey):
            raise Unauthenticated
        action = getattr(view, "action", None)
        if action is None or action == "metadata":
            return True  # DRF answers 405 or OPTIONS itself
        scope = f"{view.scope}:{'read' if request.method in READS else 'write'}"
        if scope not in key.scopes:
            raise OutOfScope(scope=scope)
        needed = permission_of(view, action)
        if needed is not None:
            request.viewer.require(needed)  # type: ignore[attr-defined]
        return True


def permission_of(view: Any, action: str) -> str | None:
    """The declared permission of an action. Raises `Undeclared` rather than let anybody through."""
    try:
        return view.permissions[action]  # type: ignore[no-any-return]
    except KeyError:
        raise Undeclared(f"{type(view).__name__}.{action} declares no permission") from None
