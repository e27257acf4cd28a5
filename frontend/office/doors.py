"""What there is to set, each with the permission that opens it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.viewer import Viewer


@dataclass(frozen=True)
class OfficeDoor:
    """One page of the settings."""

    title: str | Promise
    text: str | Promise
    url_name: str
    icon: str
    permission: str

    @property
    def url(self) -> str:
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


GROUPS: tuple[tuple[str | Promise, tuple[OfficeDoor, ...]], ...] = (
    (
        _("The municipality"),
        (
            OfficeDoor(
                _("Profile and letterhead"),
                _("Names, emblem, colour, address, what stands at the head of papers."),
                "office:profile",
                icon="building-community",
                permission="profile.manage",
            ),
            OfficeDoor(
                _("Modules"),
                _("Which parts of the system are on."),
                "office:modules",
                icon="puzzle",
                permission="activation.switch",
            ),
            OfficeDoor(
                _("Holidays"),
                _("Days on which the municipality is closed; due dates follow."),
                "office:holidays",
                icon="calendar-off",
                permission="calendar.manage",
            ),
            OfficeDoor(
                _("Policy values"),
                _("What the policies manual prescribes, with its dates."),
                "office:policies",
                icon="scale",
                permission="policies.set",
            ),
        ),
    ),
    (
        _("People at work"),
        (
            OfficeDoor(
                _("Staff accounts"),
                _("Who may log in, their seats, open sessions."),
                "office:staff",
                icon="users",
                permission="identity.manage",
            ),
            OfficeDoor(
                _("Visits of the support"),
                _("Who of the platform asked to look in, and your answer."),
                "support:list",
                icon="headset",
                permission="identity.manage",
            ),
            OfficeDoor(
                _("Sections"),
                _("Departments, sections and units."),
                "office:sections",
                icon="sitemap",
                permission="organisation.manage",
            ),
            OfficeDoor(
                _("Roles and permissions"),
                _("What each role may do."),
                "office:roles",
                icon="shield",
                permission="organisation.manage",
            ),
            OfficeDoor(
                _("Delegations and absences"),
                _("Who acts in whose place, and when."),
                "office:delegations",
                icon="user-share",
                permission="organisation.manage",
            ),
        ),
    ),
    (
        _("Records of the system"),
        (
            OfficeDoor(
                _("Messages sent"),
                _("Text messages and e-mails, delivered or not."),
                "office:outbox",
                icon="send",
                permission="notifications.read_outbox",
            ),
            OfficeDoor(
                _("Audit trail"),
                _("Who changed what, when and why."),
                "office:audit",
                icon="history",
                permission="audit.read",
            ),
            OfficeDoor(
                _("Number books"),
                _("Series, last numbers, numbers struck out."),
                "office:numbers",
                icon="list-numbers",
                permission="profile.manage",
            ),
            OfficeDoor(
                _("Integrators' keys"),
                _("Which other programmes use the municipality's interface."),
                "office:keys",
                icon="key",
                permission="api.manage_clients",
            ),
            OfficeDoor(
                _("Webhooks"),
                _("Which programmes are told that something happened, and what was delivered."),
                "office:webhooks",
                icon="webhook",
                permission="api.manage_clients",
            ),
        ),
    ),
)


def doors_for(viewer: Viewer) -> list[tuple[str | Promise, list[OfficeDoor]]]:
    """The groups with the pages that this viewer may open."""
    shown = [
        (title, [door for door in doors if viewer.may(door.permission) and door.url])
        for title, doors in GROUPS
    ]
    return [(title, doors) for title, doors in shown if doors]
