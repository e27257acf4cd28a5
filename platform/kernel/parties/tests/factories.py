"""Parties for tests, entered through the services."""

from itertools import count
from typing import Any

from kernel.parties.identifiers import check_digit
from kernel.parties.models import Party
from kernel.parties.services import register_person
from kernel.viewer import Viewer

_numbers = count(70_000_001)
CLERK = Viewer(
    user_id=1,
    name="Amal",
    permissions=frozenset({"parties.read", "parties.register", "parties.merge", "places.manage"}),
    request_id="test-amal",
)


def an_id_number() -> str:
    """A made-up ID number that nobody has yet."""
    first = f"{next(_numbers):08d}"
    return first + check_digit(first)


def a_person(names: str = "محمد أحمد خليل الأسطل", **facts: Any) -> Party:
    """A person by the four names, each without blanks inside (write `عبد_الله` for two words)."""
    given, father, grandfather, family = (name.replace("_", " ") for name in names.split(" "))
    facts.setdefault("id_number", an_id_number())
    return register_person(
        given_name=given,
        father_name=father,
        grandfather_name=grandfather,
        family_name=family,
        by=CLERK,
        **facts,
    )
