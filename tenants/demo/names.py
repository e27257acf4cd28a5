"""Draw synthetic persons: the same seed draws the same persons."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MEN = (
    "محمد أحمد محمود خليل إبراهيم يوسف علي حسن حسين سعيد سامي رائد خالد ماهر نبيل جمال كمال فؤاد طارق زياد "
    "وائل إياد نضال عماد باسم رامي شادي هاني فادي مازن أيمن أشرف عصام ناصر منير مصطفى عمر عثمان بلال أنس "
    "عبد|الله عبد|الرحمن عبد|الكريم نور|الدين صلاح|الدين"
)
WOMEN = (
    "فاطمة عائشة مريم خديجة آمنة زينب سعاد هدى منى نادية سميرة إيمان أسماء إسراء آلاء دعاء رنا ريم لينا هبة "
    "سلمى ياسمين نور سناء وفاء رجاء ابتسام أم|كلثوم حنان عبير"
)
FAMILIES = {
    "khanyounis": "الأسطل شعث الفرا الأغا أبو|عودة النجار بربخ القدرة أبو|جامع عبد|الغفور المصري شراب صادق زعرب السقا كوارع اللحام أبو|مصطفى العقاد بركة",
    "nablus": "طوقان المصري النابلسي الشكعة كنعان حمد|الله الخياط عرفات العالول الصيفي دويكات سلهب أبو|حجلة مسمار قمحاوي الطاهر عبده جردانة اشتية البيطار",
    "beitjala": "قمصية الأعرج أبو|عمشة خير أبو|رمان زيدان نزال السقا شحادة الشاعر مصلح عيسى أبو|غطاس العلم رباح",
}
_ANY = "المصري النجار حداد خوري الحلبي السعدي الزعبي بدوي عودة سلامة"
STREETS = (
    "شارع جمال عبد الناصر",
    "شارع البحر",
    "شارع فلسطين",
    "شارع القدس",
    "شارع المدارس",
    "شارع 41",
    "شارع السوق",
)


@dataclass(frozen=True)
class Someone:
    """One synthetic person."""

    first: str
    father: str
    grandfather: str
    family: str
    gender: str
    id_number: str
    phone: str
    born_on: date
    street: str


def check_digit(eight: str) -> int:
    """The ninth digit of an ID number (weights 1,2 from the left; products above nine lose nine)."""
    total = 0
    for position, digit in enumerate(eight):
        product = int(digit) * (2 if position % 2 else 1)
        total += product - 9 if product > 9 else product
    return -total % 10


def draw(town: str, how_many: int) -> Iterator[Someone]:
    """That many persons of a town; ID numbers never repeat within it."""
    dice = random.Random(f"baladiyat-{town}")  # noqa: S311  demonstration, not secrets
    men, women = _split(MEN), _split(WOMEN)
    families = _split(FAMILIES.get(town, _ANY))
    first_number = 9_000_0000 + (sum(map(ord, town)) % 900) * 10_000
    for number in range(how_many):
        eight = f"{first_number + number * 7:08d}"
        woman = dice.random() < 0.42
        yield Someone(
            first=dice.choice(women if woman else men),
            father=dice.choice(men),
            grandfather=dice.choice(men),
            family=dice.choice(families),
            gender="female" if woman else "male",
            id_number=f"{eight}{check_digit(eight)}",
            phone=f"05{dice.choice('96')}{dice.randrange(10**7):07d}",
            born_on=date(1945, 1, 1) + timedelta(days=dice.randrange(22_000)),
            street=dice.choice(STREETS),
        )


def _split(words: str) -> list[str]:
    return [word.replace("|", " ") for word in words.split()]
