"""Who looks and who acts: one frozen value handed to every selector (first) and service (`by=`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from kernel.errors import NotPermitted

Channel = Literal["web", "api", "task", "command", "citizen"]

_permission_title: Callable[[str], str] = str


def set_permission_titles(titles: Callable[[str], str]) -> None:
    """Let refusals name permissions in words; given once by the registry at start."""
    global _permission_title
    _permission_title = titles


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """A person (or the house itself) with what they may do at this instant.

    `seats` are (section id, role code) pairs: rights belong to a section and a role, not to a module. `lent` are those
    among them that are only others' (a delegation, an absence).
    `on_behalf_of` is the user whose delegation is being used, if any.
    """

    user_id: int | None = None
    name: str = ""
    permissions: frozenset[str] = frozenset()
    seats: frozenset[tuple[int, str]] = frozenset()
    on_behalf_of: int | None = None
    channel: Channel = "web"
    request_id: str = ""
    is_system: bool = False
    stands_in_for: frozenset[int] = field(default_factory=frozenset)
    lent: frozenset[tuple[int, str]] = field(default_factory=frozenset)

    @classmethod
    def system(cls, name: str, *, request_id: str = "", channel: Channel = "task") -> Viewer:
        """The house itself: seeds, handlers, scheduled work. May do everything."""
        return cls(name=name, is_system=True, channel=channel, request_id=request_id)

    @classmethod
    def citizen(cls, *, name: str = "", request_id: str = "") -> Viewer:
        """Somebody without an account; may only what public services allow."""
        return cls(name=name or "citizen", channel="citizen", request_id=request_id)

    @property
    def sections(self) -> frozenset[int]:
        return frozenset(section for section, _role in self.seats)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for _section, role in self.seats)

    @property
    def is_staff(self) -> bool:
        return self.user_id is not None

    def may(self, permission: str) -> bool:
        return self.is_system or permission in self.permissions

    def require(self, permission: str) -> None:
        """Refuse with `NotPermitted`, naming the permission, unless the viewer has it."""
        if not self.may(permission):
            raise NotPermitted(permission=_permission_title(permission), code_name=permission)

    def as_house(self) -> Viewer:
        """The house acting on this person's word, in a municipality where the person has no account."""
        return Viewer(
            name=self.name, is_system=True, channel=self.channel, request_id=self.request_id
        )

    def with_permissions(self, *more: str) -> Viewer:
        return replace(self, permissions=self.permissions | set(more))
