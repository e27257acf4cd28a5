"""An amount in Arabic words (التفقيط), as it stands on vouchers, cheques and receipts.

The grammar is that of vouchers: the last two digits decide the noun; three to ten oppose its
gender; two hundred and two thousand lose their nun only directly before the noun.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from moneyed import Money

from kernel.errors import InvalidInput
from kernel.money.amounts import LARGEST, decimals_of
from kernel.money.nouns import NOUNS, SHEQEL, Noun

# name of the choice -> the spellings that a municipality may choose from; the first is the default
SPELLINGS = {"shekel": ("شيكل", "شيقل"), "hundred": ("مائة", "مئة")}
STYLES = ("formal", "plain")

ONES = ("", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة")
ONES_FEMININE = ("", "إحدى", "اثنتان", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر")
TENS = ("", "", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون")
HUNDREDS = ("", "", "", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع")


@dataclass(frozen=True)
class Scale:
    """A power of a thousand, itself a counted noun of masculine gender."""

    one: str
    two: str
    two_before_noun: str
    plural: str
    accusative: str


SCALES = (
    Scale("ألف", "ألفان", "ألفا", "آلاف", "ألفاً"),
    Scale("مليون", "مليونان", "مليونا", "ملايين", "مليوناً"),
    Scale("مليار", "ملياران", "مليارا", "مليارات", "ملياراً"),
    Scale("تريليون", "تريليونان", "تريليونا", "تريليونات", "تريليوناً"),
)


class AmountHasNoWords(InvalidInput):
    """A voucher is never made out for less than nothing, nor for more than the books hold."""

    code = "amount_has_no_words"
    sentence = _("The amount %(amount)s cannot be written in words.")
    field = "amount"


def in_words(
    amount: Money, style: str = "formal", spelling: Mapping[str, str] | None = None
) -> str:
    """`فقط … لا غير` for an amount of zero or more, fractions of the smallest coin not allowed.

    `style="plain"` leaves out the accusative, as many accountants write. `spelling` may choose
    `{"shekel": "شيقل"}` and `{"hundred": "مئة"}`. Refuses an amount below zero.
    """
    writer = _Writer.chosen(style, spelling or {})
    currency = amount.currency.code
    smallest = amount.amount * Decimal(10) ** decimals_of(currency)
    if smallest < 0 or amount.amount > LARGEST or smallest != smallest.to_integral_value():
        raise AmountHasNoWords(amount=amount.amount)
    units, parts = divmod(int(smallest), 10 ** decimals_of(currency))
    unit_noun, part_noun = NOUNS[currency]
    if currency == "ILS" and writer.shekel == "شيقل":
        unit_noun = SHEQEL
    phrases = []
    if units or not parts:
        phrases.append(writer.counted(units, unit_noun))
    if parts:
        phrases.append(writer.counted(parts, part_noun))
    return f"فقط {' و'.join(phrases)} لا غير"


@dataclass(frozen=True)
class _Writer:
    """The municipality's choices of style and spelling, applied to numbers."""

    style: str
    shekel: str
    hundred: str

    @classmethod
    def chosen(cls, style: str, spelling: Mapping[str, str]) -> _Writer:
        if style not in STYLES:
            raise ValueError(f"unknown style of amounts in words: {style!r}")
        for name, value in spelling.items():
            if value not in SPELLINGS.get(name, ()):
                raise ValueError(f"unknown spelling of amounts in words: {name}={value!r}")
        defaults = {name: options[0] for name, options in SPELLINGS.items()}
        return cls(style, **{**defaults, **spelling})

    def counted(self, number: int, noun: Noun) -> str:
        """A number together with the thing counted, the noun in the form the number asks for."""
        if number == 0:
            return f"صفر {noun.singular()}"
        rest = number % 100
        head = self._number_before(number - rest, before_noun=rest == 0)
        tail = self._last_two_digits(rest, noun)
        if not head:
            return tail
        return f"{head} و{tail}" if rest else f"{head} {noun.singular()}"

    def _last_two_digits(self, rest: int, noun: Noun) -> str:
        if rest == 0:
            return ""
        if rest == 1:
            return f"{noun.singular()} {'واحدة' if noun.feminine else 'واحد'}"
        if rest == 2:
            return noun.dual()
        if rest <= 10:
            return f"{self._below_hundred(rest, noun.feminine)} {noun.several()}"
        many = noun.many() if self.style == "formal" else noun.singular()
        return f"{self._below_hundred(rest, noun.feminine)} {many}"

    def _number_before(self, number: int, *, before_noun: bool) -> str:
        """A multiple of a hundred; `before_noun` when nothing stands between it and the noun."""
        groups: list[str] = []
        for power in range(len(SCALES), 0, -1):
            count, number = divmod(number, 1000**power)
            if count:
                is_last = before_noun and number == 0
                groups += self._scaled(count, SCALES[power - 1], before_noun=is_last)
        if number:
            groups.append(self._hundreds(number // 100, before_noun=before_noun))
        return " و".join(groups)

    def _scaled(self, count: int, scale: Scale, *, before_noun: bool) -> list[str]:
        """So many thousands (millions, ...): counted by the same rules as the currency itself."""
        rest = count % 100
        groups: list[str] = []
        if count >= 100:
            # «مائة ألف وألف»: zero, one and two leave the hundreds a noun of their own.
            hundreds = self._hundreds(count // 100, before_noun=rest <= 2)
            groups.append(f"{hundreds} {scale.one}" if rest <= 2 else hundreds)
        if rest == 1:
            groups.append(scale.one)
        elif rest == 2:
            groups.append(scale.two_before_noun if before_noun else scale.two)
        elif rest:
            bare = before_noun or self.style == "plain"
            noun = scale.plural if rest <= 10 else scale.one if bare else scale.accusative
            groups.append(f"{self._below_hundred(rest, feminine=False)} {noun}")
        return groups

    def _hundreds(self, count: int, *, before_noun: bool) -> str:
        if count == 1:
            return self.hundred
        if count == 2:
            return self.hundred.removesuffix("ة") + ("تا" if before_noun else "تان")
        return HUNDREDS[count] + self.hundred

    def _below_hundred(self, number: int, feminine: bool) -> str:
        """Three to ninety-nine. The number opposes the gender of what is counted from 3 to 10."""
        if number <= 10:
            return (ONES_FEMININE if feminine else ONES)[number]
        if number == 11:
            return "إحدى عشرة" if feminine else "أحد عشر"
        if number == 12:
            return "اثنتا عشرة" if feminine else "اثنا عشر"
        if number < 20:
            one = (ONES_FEMININE if feminine else ONES)[number - 10]
            return f"{one} {'عشرة' if feminine else 'عشر'}"
        tens, ones = divmod(number, 10)
        if not ones:
            return TENS[tens]
        one = (ONES_FEMININE if feminine else ONES)[ones]
        if feminine and ones == 8:
            one = "ثمانٍ" if self.style == "formal" else "ثمان"
        return f"{one} و{TENS[tens]}"
