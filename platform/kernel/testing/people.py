"""Seat a person in a town: an account, a section, a role."""

from __future__ import annotations

from kernel.audit.recording import recorded
from kernel.identity.models import User
from kernel.organisation.models import Assignment, Role, Section
from kernel.viewer import Viewer


def seat_person(
    *,
    username: str,
    name_ar: str,
    name_en: str,
    role: str,
    section: str,
    password: str = "correct horse battery",  # noqa: S107
) -> User:
    """An account that holds the role in the section from the first day. Role and section are made when missing."""
    with recorded(by=Viewer.system("tests")):
        user = User.objects.create_user(
            username=username, password=password, name_ar=name_ar, name_en=name_en
        )
        seat_section = Section.objects.filter(code=section).first() or Section.objects.create(
            code=section, name_ar=section, name_en=section
        )
        seat_role = Role.objects.filter(code=role).first() or Role.objects.create(
            code=role, name_ar=role, name_en=role, permissions=[]
        )
        Assignment.objects.create(
            user=user, section=seat_section, role=seat_role, starts_on="2020-01-01"
        )
    return user
