"""What a release brings to the roles of a municipality: rights that their templates gained, and new roles.

A right is given once. Who took it out of a role has decided, and no later release asks again; a role that the
municipality made by itself is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from kernel import registry
from kernel.audit.recording import recorded
from kernel.manifest import RoleTemplate
from kernel.organisation.models import Role
from kernel.tenancy import HUB, current_schema
from kernel.viewer import Viewer


@dataclass(frozen=True)
class Gift:
    """What one role gets. With `is_new` the role itself is new, and nobody holds it yet."""

    code: str
    permissions: tuple[str, ...]
    is_new: bool = False


def role_templates() -> list[RoleTemplate]:
    """The templates of this house: a municipality has none of the hub's, the hub none of the modules'."""
    here = "hub" if current_schema() == HUB else "town"
    return [
        one
        for module in registry.modules()
        if module.house in (here, "both")
        for one in module.roles
    ]


def gifts() -> list[Gift]:
    """What a release would bring now. Writes nothing."""
    roles = {role.code: role for role in Role.objects.all()}
    return [
        gift for one in role_templates() if (gift := _gift(one, roles.get(one.code))) is not None
    ]


def bring_roles(*, by: Viewer, reason: str = "") -> list[Gift]:
    """Give what is new, and remember it as new until somebody saves the role. Rerunnable."""
    with recorded(by=by, reason=reason):
        roles = {role.code: role for role in Role.objects.select_for_update().order_by("code")}
        found = []
        for template in role_templates():
            role = roles.get(template.code)
            gift = _gift(template, role)
            if gift is not None:
                found.append(gift)
            if role is None:
                made = role_of(template)
                made.brought, made.brought_at = sorted(template.permissions), timezone.now()
                made.save()
            elif role.is_template and not set(template.permissions) <= set(role.given):
                _give(role, template.permissions, gift)
    return found


def role_of(template: RoleTemplate) -> Role:
    """A municipality's own copy of a template, not saved."""
    permissions = sorted(template.permissions)
    return Role(
        code=template.code,
        name_ar=template.title_ar,
        name_en=template.title_en,
        permissions=permissions,
        given=permissions,
        is_template=True,
    )


def _gift(template: RoleTemplate, role: Role | None) -> Gift | None:
    if role is None:
        return Gift(template.code, tuple(sorted(template.permissions)), is_new=True)
    if not role.is_template:
        return None
    new = set(template.permissions) - set(role.given) - set(role.permissions)
    return Gift(template.code, tuple(sorted(new))) if new else None


def _give(role: Role, permissions: Iterable[str], gift: Gift | None) -> None:
    role.given = sorted({*role.given, *permissions})
    changed = ["given"]
    if gift is not None:
        role.permissions = sorted({*role.permissions, *gift.permissions})
        role.brought = sorted({*role.brought, *gift.permissions})
        role.brought_at = timezone.now()
        changed += ["permissions", "brought", "brought_at"]
    role.save(update_fields=changed)
