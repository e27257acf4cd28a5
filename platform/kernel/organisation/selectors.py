"""Who may what, where, today. Rights attach to a role held in a section, never to a module.

Everything is read from the tables at each request, so a change of seats is effective at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from kernel.calendar.selectors import today
from kernel.errors import NotVisible
from kernel.identity.models import User
from kernel.organisation.models import (
    Absence,
    Assignment,
    Delegation,
    Role,
    Section,
    in_readers_language,
)
from kernel.viewer import Channel, Viewer

# A role with this permission is held in the sections beneath its own too (a head of department).
LEAD_BENEATH = "organisation.lead_beneath"

# Asked at the beginning of every request, so their text is ready: building it would take longer than answering it.
_MANDATES = """
    SELECT lent.from_user_id, lent.section_id, lent.role_id
    FROM organisation_delegation lent JOIN identity_user giver ON giver.id = lent.from_user_id
    WHERE lent.to_user_id = %(user)s AND giver.is_active AND lent.revoked_at IS NULL
        AND lent.starts_on <= %(on)s AND lent.ends_on >= %(on)s
    UNION ALL
    SELECT away.user_id, NULL, NULL
    FROM organisation_absence away JOIN identity_user giver ON giver.id = away.user_id
    WHERE away.substitute_id = %(user)s AND giver.is_active AND away.cancelled_at IS NULL
        AND away.starts_on <= %(on)s AND away.ends_on >= %(on)s
"""
_SEATS = """
    SELECT seat.user_id, seat.section_id, seat.role_id, role.code, role.permissions,
        CASE WHEN role.permissions @> %(leads)s::varchar[]
            THEN ARRAY(SELECT beneath.id FROM organisation_section beneath
                       WHERE beneath.lineage @> ARRAY[seat.section_id])
            ELSE ARRAY[seat.section_id]
        END
    FROM organisation_assignment seat
    JOIN organisation_role role ON role.id = seat.role_id
    JOIN organisation_section section ON section.id = seat.section_id
    WHERE seat.user_id = ANY(%(holders)s::bigint[])
        AND seat.starts_on <= %(on)s AND (seat.ends_on IS NULL OR seat.ends_on >= %(on)s)
        AND (section.closed_on IS NULL OR section.closed_on > %(on)s)
"""


@dataclass(frozen=True)
class Mandate:
    """Somebody else's seats that a person may use; None limits nothing."""

    giver_id: int
    section_id: int | None = None
    role_id: int | None = None

    def covers(self, *, user_id: int, section_id: int, role_id: int) -> bool:
        return (
            user_id == self.giver_id
            and self.section_id in {None, section_id}
            and self.role_id in {None, role_id}
        )


class _Seat(NamedTuple):
    """An open seat and the sections that it reaches."""

    user_id: int
    section_id: int
    role_id: int
    role_code: str
    permissions: list[str]
    reach: list[int]


def viewer_for(
    user: User,
    *,
    channel: Channel = "web",
    request_id: str = "",
    on: date | None = None,
    on_behalf_of: int | None = None,
) -> Viewer:
    """What the person may do on the day, by own seats and by those lent to him, in two queries.

    With `on_behalf_of` only the seats lent by that person count, and every act is written under both names.
    A closed account may do nothing.
    """
    may_nothing = Viewer(
        user_id=user.pk, name=user.full_name, channel=channel, request_id=request_id
    )
    if not user.is_active:
        return may_nothing
    on = on or today()
    mandates = mandates_of(user, on=on)
    if on_behalf_of is not None:
        mandates = [one for one in mandates if one.giver_id == on_behalf_of]
        holders = {one.giver_id for one in mandates}
    else:
        holders = {user.pk, *(one.giver_id for one in mandates)}
    permissions: set[str] = set()
    own: set[tuple[int, str]] = set()
    borrowed: set[tuple[int, str]] = set()
    stands_in_for: set[int] = set()
    for seat in _seats(holders, on):
        lent = seat.user_id != user.pk
        if lent and not any(_covers(one, seat) for one in mandates):
            continue
        permissions.update(seat.permissions)
        reached = borrowed if lent else own
        reached.update((section, seat.role_code) for section in seat.reach)
        if lent:
            stands_in_for.add(seat.user_id)
    return Viewer(
        user_id=user.pk,
        name=user.full_name,
        permissions=frozenset(permissions),
        seats=frozenset(own | borrowed),
        on_behalf_of=on_behalf_of if stands_in_for else None,
        channel=channel,
        request_id=request_id,
        stands_in_for=frozenset(stands_in_for),
        lent=frozenset(borrowed - own),
    )


def mandates_of(user: User, *, on: date | None = None) -> list[Mandate]:
    """Whose seats the person may use on the day, by delegation or as a substitute, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_MANDATES, {"user": user.pk, "on": on or today()})
        return [Mandate(*row) for row in cursor.fetchall()]


def who_may(permission: str, section: Section, *, on: date | None = None) -> QuerySet[User]:
    """Those who may do this in this section on the day: by seat there, from above, or standing in."""
    on = on or today()
    here = Q(section=section) | Q(
        section_id__in=section.lineage, role__permissions__contains=[LEAD_BENEATH]
    )
    return _with_stand_ins(
        _open_seats(on).filter(here, role__permissions__contains=[permission]), on
    )


def who_may_anywhere(permission: str, *, on: date | None = None) -> QuerySet[User]:
    """Those who may do this in any section on the day, by their seat or standing in."""
    on = on or today()
    return _with_stand_ins(_open_seats(on).filter(role__permissions__contains=[permission]), on)


def staff_of(section: Section, *, on: date | None = None) -> QuerySet[User]:
    """Those who hold a seat in the section itself on the day, by name."""
    on = on or today()
    held = _open_seats(on).filter(section=section).values("user_id")
    return User.objects.filter(id__in=held, is_active=True).order_by("name_ar", "id")


def without_staff(sections: Iterable[Section], *, on: date | None = None) -> list[Section]:
    """Those among the sections in which nobody with an open account holds a seat on the day. In one statement."""
    asked = {one.pk: one for one in sections}
    held = _open_seats(on or today()).filter(section_id__in=asked, user__is_active=True)
    manned = set(held.values_list("section_id", flat=True))
    return [one for pk, one in asked.items() if pk not in manned]


def holders_of(role_code: str, section: Section, *, on: date | None = None) -> QuerySet[User]:
    """Those who hold this role in this section on the day, with their stand-ins."""
    on = on or today()
    return _with_stand_ins(_open_seats(on).filter(section=section, role__code=role_code), on)


def sections(*, with_closed: bool = False) -> QuerySet[Section]:
    """The organisation from the top down, in the order in which people list it. Known to all staff."""
    found = Section.objects.all() if with_closed else Section.objects.filter(_open_section())
    return found.order_by("position", "id")


def section_names() -> list[tuple[str, str]]:
    """Code and name of every open section, in the same order: what a list is filtered by."""
    named = sections().values_list("code", "name_ar", "name_en")
    return [(code, in_readers_language(arabic, english)) for code, arabic, english in named]


def section_by_code(code: str) -> Section:
    """The section that definitions call so, open or closed; `NotVisible` when there is none."""
    found = Section.objects.filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found


def section_for(viewer: Viewer, uid: Any) -> Section:
    """One section. The organisation is known to all staff, and to nobody else."""
    found = Section.objects.filter(uid=uid).first()
    if found is None or not (viewer.is_staff or viewer.is_system):
        raise NotVisible()
    return found


def beneath(section: Section) -> QuerySet[Section]:
    """The section and all that lies beneath it."""
    return Section.objects.filter(lineage__contains=[section.pk])


def roles() -> QuerySet[Role]:
    return Role.objects.order_by("name_ar", "id")


def role_by_code(code: str) -> Role:
    found = Role.objects.filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found


def seats_of(user: User, *, on: date | None = None) -> QuerySet[Assignment]:
    """The seats that the person holds in his own right on the day."""
    return (
        _open_seats(on or today())
        .filter(user=user)
        .select_related("section", "role")
        .order_by("section__position", "id")
    )


def seat_for(viewer: Viewer, uid: Any) -> Assignment:
    viewer.require("organisation.manage")
    found = Assignment.objects.filter(uid=uid).select_related("section", "role", "user").first()
    if found is None:
        raise NotVisible()
    return found


def delegations(viewer: Viewer, *, on: date | None = None) -> QuerySet[Delegation]:
    """Delegations: all of them to who keeps the organisation, else those one gave or holds."""
    found = Delegation.objects.select_related("from_user", "to_user", "section", "role")
    if not viewer.may("organisation.manage"):
        found = found.filter(Q(from_user_id=viewer.user_id) | Q(to_user_id=viewer.user_id))
    if on is not None:
        found = found.filter(_delegated_on(on))
    return found.order_by("-starts_on", "-id")


def delegation_for(viewer: Viewer, uid: Any) -> Delegation:
    found = delegations(viewer).filter(uid=uid).first()
    if found is None:
        raise NotVisible()
    return found


def absences(viewer: Viewer, *, on: date | None = None) -> QuerySet[Absence]:
    """Who is away. Every clerk needs to know it; the reason is shown to who keeps the organisation."""
    if not (viewer.is_staff or viewer.is_system):
        return Absence.objects.none()
    found = Absence.objects.filter(cancelled_at=None).select_related("user", "substitute")
    if on is not None:
        found = found.filter(starts_on__lte=on, ends_on__gte=on)
    return found.order_by("-starts_on", "-id")


def absence_for(viewer: Viewer, uid: Any) -> Absence:
    found = absences(viewer).filter(uid=uid).first()
    if found is None or not (viewer.user_id == found.user_id or viewer.may("organisation.manage")):
        raise NotVisible()
    return found


def _seats(holders: set[int], on: date) -> list[_Seat]:
    """Open seats with the sections that each reaches: its own, or all beneath for a leading role."""
    with connection.cursor() as cursor:
        cursor.execute(_SEATS, {"holders": list(holders), "on": on, "leads": [LEAD_BENEATH]})
        return [_Seat(*row) for row in cursor.fetchall()]


def _covers(mandate: Mandate, seat: _Seat) -> bool:
    return mandate.covers(user_id=seat.user_id, section_id=seat.section_id, role_id=seat.role_id)


def _with_stand_ins(held: QuerySet[Assignment], on: date) -> QuerySet[User]:
    lent_seat = held.filter(
        user_id=OuterRef("from_user_id"),
        section_id=Coalesce(OuterRef("section_id"), F("section_id")),
        role_id=Coalesce(OuterRef("role_id"), F("role_id")),
    )
    delegates = (
        _delegations_on(on)
        .filter(Exists(lent_seat), from_user__is_active=True)
        .values("to_user_id")
    )
    substitutes = (
        _absences_on(on)
        .filter(user_id__in=held.values("user_id"), user__is_active=True, substitute__isnull=False)
        .values("substitute_id")
    )
    return (
        User.objects.filter(is_active=True)
        .filter(Q(id__in=held.values("user_id")) | Q(id__in=delegates) | Q(id__in=substitutes))
        .order_by("name_ar", "id")
    )


def _open_seats(on: date) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=on),
        Q(section__closed_on=None) | Q(section__closed_on__gt=on),
        starts_on__lte=on,
    )


def _open_section() -> Q:
    return Q(closed_on=None) | Q(closed_on__gt=today())


def _delegated_on(on: date) -> Q:
    return Q(starts_on__lte=on, ends_on__gte=on, revoked_at=None)


def _delegations_on(on: date) -> QuerySet[Delegation]:
    return Delegation.objects.filter(_delegated_on(on))


def _absences_on(on: date) -> QuerySet[Absence]:
    return Absence.objects.filter(starts_on__lte=on, ends_on__gte=on, cancelled_at=None)
