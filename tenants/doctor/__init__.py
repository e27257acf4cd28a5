"""What an installation lacks, in sentences that say what to mend. Reads only.

Each check is a function that yields `Finding`s; a check that breaks is a finding itself, so that one fault hides no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from tenants.doctor import database, house
from tenants.doctor.findings import Finding

__all__ = ["CHECKS", "NEED_THE_DATABASE", "Finding", "examine"]

NEED_THE_DATABASE: frozenset[Callable[[], Iterator[Finding]]] = frozenset(
    {
        database.database,
        database.settings_of_the_server,
        database.clock,
        database.walls,
        database.pooler,
        database.releases,
        house.spares,
        house.backups,
        house.web,
    }
)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    database.database,
    database.settings_of_the_server,
    database.clock,
    database.walls,
    database.pooler,
    database.releases,
    house.spares,
    house.broker,
    house.cache,
    house.beat,
    house.storage,
    house.adapters,
    house.backups,
    house.secrets,
    house.web,
    house.printing,
)


def examine() -> list[Finding]:
    """Everything, in an order in which a person would mend it."""
    found = list(database.reach())
    away = any(one.grade == "bad" for one in found)
    for check in CHECKS:
        if away and check in NEED_THE_DATABASE:
            continue
        try:
            found += check()
        except Exception as error:  # a check that breaks is a finding, not the end
            found.append(
                Finding(
                    check.__name__,
                    "bad",
                    _("This could not be looked at: %(why)s")
                    % {"why": " ".join(str(error).split())[:200]},
                    _("Read the log of the command; the cause is usually a server that is away."),
                )
            )
    return found
