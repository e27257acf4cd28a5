"""A fault of a definition: where it stands, and what is wrong in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import override

from kernel.errors import Sentence


@dataclass(frozen=True)
class Fault:
    """`sentence` is for the reader in their language; `str()` is plain English with the path, for programmes."""

    path: str
    message: Sentence
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def sentence(self) -> str:
        said = str(self.message)
        return said % dict(self.facts) if self.facts else said

    def __str__(self) -> str:
        with override("en"):
            return f"{self.path}: {self.sentence}"
