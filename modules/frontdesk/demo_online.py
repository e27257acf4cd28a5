"""What a demonstration town has from the web: requests at every turn of their verification, and appointments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

from kernel.calendar.selectors import today, working_calendar
from kernel.errors import Refusal
from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.frontdesk.constants import Channel, TicketPriority
from modules.frontdesk.models import Appointment, OnlineRequest
from modules.frontdesk.selectors.appointments import Slots, Special, free_days, free_times
from modules.frontdesk.services import DeficiencyInput
from modules.frontdesk.services.appointments import book, save_slots
from modules.frontdesk.services.hall_setup import save_counter
from modules.frontdesk.services.online import begin_online, fill_in, hand_in, say_who, send_online
from modules.frontdesk.services.online_desk import return_online

AT_HOME = Viewer.citizen()
STRANGER = {
    "given_name": "سعاد",
    "father_name": "أحمد",
    "grandfather_name": "يوسف",
    "family_name": "شراب",
}
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("FD-001", {"subject": "مقعد في الحديقة", "details": "نرجو وضع مقاعد لكبار السن في الحديقة."}),
    ("FD-001", {"subject": "لوحة اسم شارع", "details": "لوحة الشارع سقطت منذ الشتاء."}),
    (
        "FD-002",
        {
            "category": "roads",
            "description": "غطاء منهل مفقود أمام المدرسة.",
            "location": "شارع المدارس",
        },
    ),
)
MORNING = ((time(8, 30), time(12, 30)),)


def from_the_web(people: list[Party], *, desk: Viewer, scan: Callable[[str], bytes]) -> None:
    """One whose telephone is on file, one returned, one of somebody who is not on file."""
    sent = []
    for number, (service, answers) in enumerate(ASKED):
        known = number < 2 and number < len(people) and bool(people[number].phones)
        phone = people[number].phones[0] if known else f"+97056900000{number}"
        id_number = people[number].id_number if known else f"91234567{number}"
        try:
            sent.append(_sent(service, id_number, phone, answers, scan))
        except Refusal:
            continue
    if len(sent) > 1:
        blurred = DeficiencyInput("unreadable_paper", "identity_card", "الصورة غير واضحة")
        return_online(sent[1].uid, deficiencies=[blurred], by=desk)


def appointments(*, keeper: Viewer, desk: Viewer) -> None:
    """Two kinds of appointments, with some taken on the next working days."""
    if Appointment.objects.exists():
        return
    days = dict.fromkeys((7, 1, 2, 3, 4), MORNING)
    closing = working_calendar().add_working_days(today(), 12)
    shut = Special(closing, closing + timedelta(days=1), (), "جرد سنوي")
    kinds = (
        Slots(
            "engineer",
            "مقابلة مهندس التنظيم",
            "Planning engineer",
            "A",
            20,
            1,
            days,
            special=(shut,),
        ),
        Slots("desk", "خدمات الجمهور", "Front desk", "A", 15, 3, days),
    )
    names = ("نادر الأغا", "هدى أبو دقة", "سامي النجار", "رائدة الفرا")
    for kind in kinds:
        save_slots(kind, by=keeper)
        first = free_days(kind, for_desk=True)[:2]
        times = [(day, one.at) for day in first for one in free_times(kind, day, for_desk=True)]
        for number, name in enumerate(names):
            day, at = times[number * 3 % len(times)]
            book(
                kind.name,
                day=day,
                at=at,
                name=name,
                phone=f"05690001{len(kind.name)}{number}",
                priority=TicketPriority.ELDERLY if number == 3 else TicketPriority.BOOKED,
                channel=Channel.PHONE if number % 2 else Channel.DESK,
                by=desk,
            )


def counters(*, keeper: Viewer) -> None:
    """Two counters at which the hall's tickets are called."""
    for name in ("1", "2"):
        save_counter(name, by=keeper)


def _sent(
    service: str,
    id_number: str,
    phone: str,
    answers: dict[str, Any],
    scan: Callable[[str], bytes],
) -> OnlineRequest:
    made = begin_online(service, id_number=id_number, phone=phone, by=AT_HOME)
    if made.match == "none":
        say_who(made.uid, names=STRANGER, address="حي الأمل", by=AT_HOME)
    fill_in(made.uid, answers=answers, by=AT_HOME)
    if made.request.design.requirement("identity_card"):
        card = scan("IDENTITY CARD")
        hand_in(made.uid, requirement="identity_card", content=card, name="هوية.png", by=AT_HOME)
    return send_online(made.uid, declared=True, by=AT_HOME)
