"""What a demonstration town's desk shows: requests at every turn of their way, taken by the demonstration's staff.

Everything goes through the services. Each town always shows the same; amounts, papers and persons are invented.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import override as in_language
from PIL import Image, ImageDraw

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today, working_calendar
from kernel.errors import Refusal
from kernel.files.services import store_file
from kernel.identity.models import User
from kernel.organisation.selectors import viewer_for
from kernel.parties.models import Party
from kernel.places.models import Holding
from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision, DeficiencyKind, StepState
from modules.frontdesk.demo_online import appointments, counters, from_the_web
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.selectors.acting import may_act
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.services import (
    DeficiencyInput,
    Persons,
    attach_paper,
    complete_step,
    decide_request,
    hand_over,
    issue_output,
    open_draft,
    return_to_citizen,
    submit_request,
    take_step,
    wait_external,
)
from modules.frontdesk.services.papers import STEP_PHOTOS

PETITIONS = (
    ("إنارة الشارع", "الشارع معتم منذ شهر، ونرجو تركيب وحدات إنارة."),
    ("مطب أمام المدرسة", "نرجو إنشاء مطب قبل مدخل المدرسة لسلامة الطلبة."),
    ("نقل حاوية نفايات", "الحاوية ملاصقة لباب البيت، ونرجو نقلها عشرين متراً."),
    ("تقليم أشجار الرصيف", "الأغصان تلامس أسلاك الكهرباء."),
    ("استخدام ساحة البلدية", "إقامة معرض للمنتجات المنزلية ليومين."),
    ("صيانة غطاء منهل", "غطاء المنهل مكسور في منتصف الشارع."),
)
COMPLAINTS = (
    ("waste", "نفايات متراكمة منذ أسبوع.", "حي الأمل، قرب المسجد"),
    ("roads", "حفرة خطرة بعد أعمال المياه.", "شارع السوق"),
    ("noise", "مولد كهرباء يعمل ليلاً.", "حي المدارس"),
    ("water", "ضعف ضخ المياه منذ ثلاثة أيام.", "حي الكروم"),
)
FOUND = {"upheld": "yes", "findings": "تم الكشف على الموقع، والشكوى في محلها."}
LEGAL = {"ownership": "owner", "opinion": "سند الملكية سليم ولا مانع قانونياً."}
STUDY = {"zone": "سكن ب", "coverage": "60", "floors": "4", "setbacks": "3 / 2 / 2"}


def plant() -> None:
    """Petitions, complaints, planning statements and clearances, from the draft to the hand-over."""
    amal = _staff("amal")
    if amal is None or Request.objects.exists():
        return
    people = list(
        Party.objects.filter(alias_of=None, kind="person").exclude(id_number="").order_by("id")[:60]
    )
    if len(people) < 20:
        return
    _petitions(amal, people[:6])
    _complaints(amal, people[6:10])
    _planning(amal, list(_owners()))
    _clearances(amal, people[10:20])
    open_draft("FD-001", persons=Persons(applicant=people[19]), by=amal)
    house = Viewer.system("demonstration")
    from_the_web(people[20:22], desk=house, scan=lambda words: _picture(words, 205))
    counters(keeper=house)
    appointments(keeper=house, desk=house)
    _let_days_pass(amal)


def _petitions(amal: Viewer, people: list[Party]) -> None:
    """One just arrived, one taken up, one returned, one before the mayor, one approved, one handed over."""
    for number, (person, (subject, details)) in enumerate(zip(people, PETITIONS, strict=True)):
        made = _submitted("FD-001", amal, person, {"subject": subject, "details": details})
        if made is None or number == 0:
            continue
        check = _open(made, "check")
        if number == 1:
            take_step(made.uid, check.uid, by=amal)
        elif number == 2:
            missing = DeficiencyInput(
                DeficiencyKind.UNREADABLE_PAPER, "identity_card", "الصورة غير واضحة"
            )
            return_to_citizen(made.uid, check.uid, deficiencies=[missing], by=amal)
        else:
            complete_step(made.uid, check.uid, answers={"opinion": "لا مانع لدى القسم."}, by=amal)
        if number >= 4:
            _decide(made, "salma", "تكليف القسم المختص بالتنفيذ.")
        if number == 5:
            _deliver(made, amal, person)


def _complaints(amal: Viewer, people: list[Party]) -> None:
    """One hidden, one checked, two waiting for the inspector."""
    basel = _staff("basel")
    for number, (person, (category, description, location)) in enumerate(
        zip(people, COMPLAINTS, strict=True)
    ):
        answers = {"category": category, "description": description, "location": location}
        made = _submitted("FD-002", amal, person, answers, is_hidden=number == 2)
        if made is None or number != 0 or basel is None:
            continue
        check = _open(made, "inspection")
        if may_act(basel, check):
            complete_step(made.uid, check.uid, answers=FOUND, by=basel)


def _planning(amal: Viewer, owners: list[Holding]) -> None:
    """One at the legal adviser, one with two sections side by side, one waiting for its fee to be computed."""
    lina, basel, rana = _staff("lina"), _staff("basel"), _staff("rana")
    for number, holding in enumerate(owners):
        unit = holding.land_unit
        answers = {
            "intended_use": "residential",
            "area_m2": str(unit.area_m2 or 500) if unit else "500",
        }
        papers = ("title_deed", "survey_plan")
        made = _submitted("PL-001", amal, holding.party, answers, papers=papers, land_unit=unit)
        if made is None or number == 0 or lina is None:
            continue
        complete_step(
            made.uid, _open(made, "legal").uid, outcome="favourable", answers=LEGAL, by=lina
        )
        if basel is None or rana is None:
            continue
        if number == 1:
            planning = _open(made, "planning")
            wait_external(
                made.uid, planning.uid, body="سلطة الأراضي", reason="بيان حدود القطعة", by=basel
            )
            continue
        complete_step(
            made.uid, _open(made, "planning").uid, outcome="favourable", answers=STUDY, by=basel
        )
        visit = _open(made, "surveying")
        photo = store_file(_picture("SITE VISIT", 150), "صورة الموقع.png", rana)
        attach_paper(made.uid, requirement=STEP_PHOTOS, file=photo, step=visit, by=rana)
        found = {
            "visited_on": f"{visit.opened_on:%d/%m/%Y}",
            "street_width": "10",
            "findings": "الأرض خالية من البناء.",
        }
        complete_step(made.uid, visit.uid, outcome="favourable", answers=found, by=rana)


def _clearances(amal: Viewer, people: list[Party]) -> None:
    """Who owes is stopped at the gate and stays a draft; the others wait for the fee."""
    for person in people:
        _submitted("FD-004", amal, person, {"purpose": "land_registry"})


def _let_days_pass(amal: Viewer) -> None:
    """Every third open step has lain there too long, so that the first morning shows what is late.

    Counted back from today in working days; when a request was submitted is not touched, for that stands.
    """
    calendar, on = working_calendar(), today()
    waiting = RequestStep.objects.filter(state=StepState.OPEN, due_on__isnull=False)
    with recorded(by=amal, reason="demonstration"):
        for number, step in enumerate(waiting.order_by("id")):
            if number % 3 == 0:
                late = 1 + number % 4
                step.due_on = calendar.add_working_days(on, -late)
                step.opened_on = calendar.add_working_days(on, -late - step.days_allowed)
                step.save(update_fields=["due_on", "opened_on"])


def _submitted(
    service: str,
    amal: Viewer,
    person: Party,
    answers: dict[str, Any],
    *,
    papers: tuple[str, ...] = (),
    is_hidden: bool = False,
    **persons: Any,
) -> Request | None:
    """A request with its papers, None when a gate stopped it (it stays a draft then) or the service is not there."""
    try:
        with transaction.atomic():
            made = open_draft(
                service,
                persons=Persons(applicant=person, **persons),
                answers=answers,
                is_hidden=is_hidden,
                by=amal,
            )
            if made.design.requirement("identity_card"):
                papers = ("identity_card", *papers)
            for number, code in enumerate(papers):
                card = _picture(code.replace("_", " ").upper(), 215 - 12 * number)
                scan = store_file(card, f"{_paper_name(code)}.png", amal)
                attach_paper(made.uid, requirement=code, file=scan, by=amal)
            done = submit_request(made.uid, by=amal)
    except Refusal:
        return None
    return done.request if done.accepted else None


def _open(request: Request, code: str) -> RequestStep:
    return RequestStep.objects.get(request=request, code=code, state=StepState.OPEN)


def _decide(request: Request, username: str, reason: str) -> None:
    decider = _staff(username)
    if decider is not None:
        step = _open(request, "decide")
        decide_request(request.uid, step.uid, decision=Decision.APPROVED, reason=reason, by=decider)


def _deliver(request: Request, amal: Viewer, person: Party) -> None:
    if issue_output(request.uid, by=amal).document is not None:
        hand_over(
            request.uid,
            _open(request, "deliver").uid,
            recipient_name=person.full_name,
            recipient_id_number=person.id_number,
            by=amal,
        )


def _owners() -> Iterator[Holding]:
    held = Holding.objects.filter(relation="owner", ends_on=None, land_unit__isnull=False)
    yield from held.select_related("party", "land_unit").order_by("id")[:3]


def _staff(username: str) -> Viewer | None:
    user = User.objects.filter(username=username, is_active=True).first()
    return viewer_for(user, channel="command", request_id="demonstration") if user else None


def _paper_name(code: str) -> str:
    """The paper's Arabic name, as a clerk would name the scan."""
    with in_language("ar"):
        return paper_title(code).partition(" (")[0]


def _picture(words: str, shade: int) -> bytes:
    """An invented paper: a card with a word on it, so that previews show something."""
    card = Image.new("RGB", (640, 400), (shade, shade, shade - 10))
    draw = ImageDraw.Draw(card)
    draw.rectangle((20, 20, 620, 380), outline=(63, 95, 58), width=4)
    draw.text((40, 40), f"DEMO - {words}", fill=(31, 36, 33))
    for line in range(5):
        draw.rectangle(
            (40, 110 + 48 * line, 360 + 40 * (line % 3), 126 + 48 * line), fill=(shade - 45,) * 3
        )
    draw.rectangle((470, 110, 590, 260), outline=(120, 120, 120), width=2)
    kept = io.BytesIO()
    card.save(kept, "PNG")
    return kept.getvalue()
