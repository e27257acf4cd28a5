"""Whether a municipality is between two installations."""

from __future__ import annotations

from kernel.tenancy import use_shared
from tenants.portability.errors import OnItsWay
from tenants.portability.models import Passage


def refuse_on_its_way(schema: str) -> None:
    """Refuses `OnItsWay` while a move is open: only the move itself may say where the municipality is served."""
    with use_shared():
        found = Passage.objects.filter(
            municipality__schema_name=schema, arrived_at=None, given_up_at=None
        ).first()
    if found is not None:
        raise OnItsWay(schema=schema, to=found.to)
