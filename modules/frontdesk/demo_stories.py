"""The stories that a demonstration town tells: what is asked, which steps are done, and where it stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class Ending(Enum):
    """What happens last. WAITING: nothing; the request lies in the inbox of the section whose turn it is."""

    WAITING = auto()
    DRAFT = auto()
    TAKEN = auto()
    PRINTED = auto()
    PAPER_MISSING = auto()
    WORDS_MISSING = auto()
    RESUBMITTED = auto()
    ASKED_OUTSIDE = auto()
    REJECTED = auto()
    WITHDRAWN = auto()


@dataclass(frozen=True)
class Story:
    """One request. `done`: the steps completed, in order; `clear`: asked by somebody without dues."""

    service: str
    answers: Mapping[str, str] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    ending: Ending = Ending.WAITING
    fee: str = "0"
    because: str = ""
    at_parcel: bool = False
    clear: bool = False
    debtor: bool = False
    exempt: bool = False
    hidden: bool = False


def _petition(
    subject: str, details: str, *done: str, ending: Ending = Ending.WAITING, because: str = ""
) -> Story:
    answers = {"subject": subject, "details": details}
    return Story("FD-001", answers, done, ending, because=because)


def _complaint(
    category: str,
    description: str,
    location: str,
    *done: str,
    ending: Ending = Ending.WAITING,
    hidden: bool = False,
) -> Story:
    answers = {"category": category, "description": description, "location": location}
    return Story("FD-002", answers, done, ending, hidden=hidden)


def _planning(
    use: str, *done: str, ending: Ending = Ending.WAITING, fee: str = "0", because: str = ""
) -> Story:
    # The area is known from the parcel; it is asked again only where the parcel does not say it.
    answers = {"intended_use": use, "engineering_office": "مكتب الأفق للاستشارات الهندسية"}
    return Story("PL-001", answers, done, ending, fee, because, at_parcel=True)


_CHECKED = ("legal", "planning", "surveying")

STORIES: tuple[Story, ...] = (
    _petition("إنارة شارع فرعي", "الشارع معتم منذ شهر ويخاف الأطفال المرور فيه ليلاً."),
    _petition("تركيب مطب أمام مدرسة", "السيارات تمر مسرعة أمام المدرسة وقت الدوام."),
    _petition("نقل حاوية نفايات", "الحاوية ملاصقة لنافذة البيت.", ending=Ending.TAKEN),
    _petition("تعبيد مدخل حارة", "المدخل ترابي ويتحول إلى طين في الشتاء.", "check"),
    _petition("استعمال قاعة البلدية", "حفل تكريم لطلبة الثانوية العامة يوم الخميس.", "check"),
    _petition(
        "تقليم أشجار على الرصيف",
        "الأغصان تلامس أسلاك الكهرباء أمام العمارة.",
        "check",
        "decide",
        ending=Ending.PRINTED,
        because="يكلف قسم الحدائق بالتقليم خلال أسبوع.",
    ),
    _petition(
        "تمديد ساعات حديقة عامة",
        "يرجو أهالي الحي إبقاء الحديقة مفتوحة حتى العاشرة مساءً.",
        "check",
        "decide",
        "deliver",
        because="تفتح الحديقة حتى العاشرة مساءً أيام الخميس والجمعة.",
    ),
    _petition("نقل عداد كهرباء", "العداد في مدخل الجار.", "check", ending=Ending.REJECTED),
    _petition("طلب لوحة باسم الشارع", "لا توجد لوحة باسم الشارع.", ending=Ending.WITHDRAWN),
    _petition("إصلاح رصيف", "الرصيف مكسور أمام المحل.", ending=Ending.WORDS_MISSING),
    _petition("تسوية أرض ملعب الحي", "يجتمع فيها ماء المطر.", ending=Ending.RESUBMITTED),
    _petition("توفير سلة مهملات", "أمام مدخل السوق.", ending=Ending.DRAFT),
    _complaint("waste", "حاوية ممتلئة منذ أسبوع وتنبعث منها روائح.", "حي الأمل، قرب المسجد"),
    _complaint(
        "building", "بناء جدار في عرض الشارع.", "حي السوق", ending=Ending.TAKEN, hidden=True
    ),
    _complaint("roads", "حفرة عميقة في منتصف الطريق.", "شارع المدارس", "inspection"),
    _complaint("water", "ماسورة مكسورة والماء يجري في الشارع.", "شارع البحر، أمام الصيدلية"),
    Story("FD-004", {"purpose": "land_registry"}, clear=True),
    Story(
        "FD-004",
        {"purpose": "utilities"},
        ("dues", "decide", "deliver"),
        because="مسدد حتى تاريخه.",
        clear=True,
        exempt=True,
    ),
    Story("FD-004", {"purpose": "bank"}, clear=True, exempt=True),
    Story("FD-004", {"purpose": "sale"}, debtor=True),
    _planning("residential"),
    _planning("commercial", "legal"),
    _planning("mixed", "legal", "planning", ending=Ending.TAKEN),
    _planning("residential", "legal", "surveying", ending=Ending.ASKED_OUTSIDE),
    _planning("residential", *_CHECKED, "assess", fee="85"),
    _planning("public", *_CHECKED, "assess"),
    _planning(
        "residential", *_CHECKED, "assess", "decide", "deliver", because="حسب المخطط الهيكلي."
    ),
    _planning("industrial", ending=Ending.PAPER_MISSING),
    Story("FD-006", {"details": "لتقديمها إلى المدرسة."}, ("check", "assess"), fee="5"),
    Story("FD-009", {"details": "تقسيط ذمم المياه على سنتين."}, ("dues",)),
    Story("FD-018", {}, ("dues", "deliver")),
    Story("SB-014", {"subscription_number": "20417", "description": "ضعف ضخ المياه منذ أسبوع."}),
    Story("SB-023", {"location": "شارع القدس، ثلاثة أعمدة متتالية مطفأة."}),
    Story("CR-002", {"details": "محل بقالة."}, clear=True),
)

FOUND: Mapping[str, str] = {
    "ownership": "owner",
    "opinion": "لا مانع. الأوراق مكتملة ومطابقة.",
    "remark": "لا ذمم عليه حتى تاريخه.",
    "upheld": "yes",
    "findings": "جرى الكشف على الموقع وتبين صحة ما ورد في الطلب.",
    "done": "تمت المعالجة.",
    "zone": "سكن ب",
    "coverage": "60",
    "floors": "5",
    "setbacks": "3 / 2 / 2 م",
    "street_width": "12",
}

LETTERS: Mapping[str, str] = {"visit_photo": "صورة من الكشف الميداني"}
