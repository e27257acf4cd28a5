"""The forms of the currencies' nouns, as the grammar of counting asks for them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Noun:
    """A counted noun: one, two, three to ten (plural), eleven to ninety-nine (accusative)."""

    one: str
    two: str
    plural: str
    accusative: str
    feminine: bool = False
    adjective_one: str = ""
    adjective_two: str = ""
    adjective_plural: str = ""
    adjective_accusative: str = ""

    def singular(self) -> str:
        return f"{self.one} {self.adjective_one}".rstrip()

    def dual(self) -> str:
        return f"{self.two} {self.adjective_two}".rstrip()

    def several(self) -> str:
        return f"{self.plural} {self.adjective_plural}".rstrip()

    def many(self) -> str:
        return f"{self.accusative} {self.adjective_accusative}".rstrip()


SHEKEL = Noun(one="شيكل", two="شيكلان", plural="شواكل", accusative="شيكلاً")
SHEQEL = Noun(one="شيقل", two="شيقلان", plural="شواقل", accusative="شيقلاً")
AGORA = Noun(one="أغورة", two="أغورتان", plural="أغورات", accusative="أغورة", feminine=True)
DINAR = Noun(
    one="دينار",
    two="ديناران",
    plural="دنانير",
    accusative="ديناراً",
    adjective_one="أردني",
    adjective_two="أردنيان",
    adjective_plural="أردنية",
    adjective_accusative="أردنياً",
)
FILS = Noun(one="فلس", two="فلسان", plural="فلوس", accusative="فلساً")
DOLLAR = Noun(
    one="دولار",
    two="دولاران",
    plural="دولارات",
    accusative="دولاراً",
    adjective_one="أمريكي",
    adjective_two="أمريكيان",
    adjective_plural="أمريكية",
    adjective_accusative="أمريكياً",
)
EURO = Noun(one="يورو", two="يوروان", plural="يوروات", accusative="يورو")
CENT = Noun(one="سنت", two="سنتان", plural="سنتات", accusative="سنتاً")

# currency -> the noun of its units and of its parts
NOUNS = {"ILS": (SHEKEL, AGORA), "JOD": (DINAR, FILS), "USD": (DOLLAR, CENT), "EUR": (EURO, CENT)}
