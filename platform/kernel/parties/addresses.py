"""An address where streets have few numbers: from the governorate down to the flat, by landmarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from kernel.text import clean


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a party lives or is reached. Displaced people have a current and an original one."""

    governorate: str = ""
    locality: str = ""
    neighbourhood: str = ""
    street: str = ""
    landmark: str = ""
    building: str = ""
    floor: str = ""
    flat: str = ""
    latitude: str = ""
    longitude: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Address:
        """The address from what was typed or kept; unknown keys are dropped, texts are cleaned."""
        known = {field.name for field in fields(cls)}
        return cls(**{key: clean(str(value)) for key, value in kept.items() if key in known})

    def kept(self) -> dict[str, str]:
        """As the row keeps it: only what is filled in."""
        return {key: value for key, value in asdict(self).items() if value}

    def line(self) -> str:
        """One line for a letter, from the town to the door."""
        near = f"بجوار {self.landmark}" if self.landmark else ""
        parts = (
            self.locality,
            self.neighbourhood,
            self.street,
            near,
            self.building,
            self.floor,
            self.flat,
        )
        return "، ".join(part for part in parts if part)
