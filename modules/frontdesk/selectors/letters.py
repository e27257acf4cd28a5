"""Letters around a request: to an outside body, to a committee's members, to who is blocked or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import override as in_language

from kernel.calendar.selectors import today
from kernel.money import format_money, money
from kernel.policies.selectors import value
from kernel.profile.selectors import profile
from kernel.terms import term
from modules.frontdesk.constants import MemberRole
from modules.frontdesk.models import ActionPlan, CommitteeSession, Pause, Request
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.output import long_day

_SEATS: dict[str, str] = {
    MemberRole.CHAIR: "رئيس اللجنة",
    MemberRole.MEMBER: "عضو",
    MemberRole.SECRETARY: "مقرر اللجنة",
}


def outside_letter(request: Request, pause: Pause) -> dict[str, Any]:
    """The letter by which an outside body is asked for its opinion (the clock waits for the answer)."""
    with in_language("ar"):
        person = request.beneficiary or request.applicant
        lines = [
            f"نرفق إليكم الطلب المبين أدناه المتعلق بـ«{request.design.title.ar}»، ونرجو إبداء رأيكم فيه.",
            pause.reason,
            f"مقدم الطلب: {person.full_name}" if person and not request.is_hidden else "",
            f"القطعة: {request.land_unit.label}" if request.land_unit else "",
        ]
        return {
            "title": "طلب رأي",
            "date": pause.started_on,
            "number": f"{request.number}/{pause.pk}",
            "to": [f"السادة {pause.body} المحترمين"],
            "subject": f"طلب رأي في المعاملة رقم {request.number}",
            "body": [line for line in lines if line],
            "references": [[term("request_number", lang="ar"), request.number]],
            "signatures": [],
            "seal": True,
        }


def agenda_paper(session: CommitteeSession) -> dict[str, Any]:
    """The invitation to a session that was called: where and when, and what comes before the committee."""
    place = f" في {session.place}" if session.place else ""
    return {
        "title": "دعوة إلى جلسة",
        "date": today(),
        "number": session.number,
        "to": ["السادة أعضاء اللجنة المحترمين", *map(_as_member, session.members)],
        "subject": f"جدول أعمال الجلسة رقم {session.number}",
        "body": [
            f"ندعوكم إلى الجلسة التي تُعقد يوم {long_day(session.held_on)}{place}، وعلى جدول أعمالها:",
            *(
                f"{number}. المعاملة {item['number']} ({item['title']})."
                for number, item in enumerate(session.agenda, 1)
            ),
            f"النصاب: {session.quorum}. من كانت له مصلحة في بند يتنحى عنه.",
        ],
        "signatures": [],
        "seal": True,
    }


def minutes_paper(session: CommitteeSession) -> dict[str, Any]:
    """The minutes of a committee's session: who was there, and the decision on each item, to be signed."""
    there = [_as_member(one) for one in _chair_first(session.members) if one.get("present")]
    absent = [_as_member(one) for one in session.members if not one.get("present")]
    outcomes = {"favourable": "الموافقة", "unfavourable": "عدم الموافقة", "postponed": "التأجيل"}
    lines = [
        f"عُقدت الجلسة يوم {long_day(session.held_on)}{' في ' + session.place if session.place else ''}.",
        f"الحضور: {'، '.join(there)}." + (f" الغياب: {'، '.join(absent)}." if absent else ""),
        f"النصاب: {session.quorum}، وقد اكتمل.",
    ]
    for number, item in enumerate(session.agenda, 1):
        aside = "".join(f" تنحى {name}: {why}." for name, why in item.get("aside", {}).items())
        lines.append(
            f"{number}. المعاملة {item['number']} ({item['title']}): "
            f"{outcomes.get(item['outcome'], item['outcome'])}. {item['text']}{aside}"
        )
    return {
        "title": "محضر جلسة",
        "date": session.held_on,
        "number": session.number,
        "to": [session.section.name_ar],
        "subject": f"محضر الجلسة رقم {session.number}",
        "body": lines,
        "signatures": [
            {"title": _SEATS.get(one.get("role", ""), _SEATS["member"]), "name": one["name"]}
            for one in _chair_first(session.members)
            if one.get("present")
        ],
        "seal": True,
    }


def _as_member(one: Mapping[str, Any]) -> str:
    """The member's name, and the seat of who is more than a member."""
    seat = one.get("role", MemberRole.MEMBER)
    return one["name"] if seat == MemberRole.MEMBER else f"{one['name']} ({_SEATS[seat]})"


def _chair_first(members: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """As papers are signed: the chair, the members in their order, the secretary."""
    places = list(_SEATS)
    return sorted(members, key=lambda one: places.index(one.get("role", MemberRole.MEMBER)))


def plan_paper(request: Request, plan: ActionPlan) -> dict[str, Any]:
    """The action plan as one sheet for the citizen to sign: each instalment and each paper with its day."""
    with in_language("ar"):
        person = request.beneficiary or request.applicant
        lines = [
            f"أتعهد أنا {person.full_name if person else ''} بما يلي، لإنجاز «{request.design.title.ar}»:"
        ]
        lines += [
            f"– دفع {format_money(money(one['amount'], one['currency']), 'ar')} في موعد أقصاه {long_day(date.fromisoformat(one['on']))}."
            for one in plan.items["instalments"]
        ]
        lines += [
            f"– إحضار {paper_title(one['code'])} في موعد أقصاه {long_day(date.fromisoformat(one['on']))}."
            for one in plan.items["papers"]
        ]
        if plan.text:
            lines.append(plan.text)
        lines.append("وأعلم أن التأخر عن أي موعد منها يوقف المعاملة حتى يُستوفى.")
        return {
            "title": "خطة تسوية",
            "date": today(),
            "to": [profile().name_ar],
            "subject": "خطة تسوية ذمم ووثائق",
            "body": lines,
            "signatures": [
                {"title": "المتعهد", "name": person.full_name if person else ""},
                {"title": "الموظف", "name": plan.made_by_name},
            ],
            "seal": True,
        }


def refusal_paper(request: Request, *, reason: str, article: str, on: date) -> dict[str, Any]:
    """The notice to a citizen whose request dues stop: why, under which article, and what they may do."""
    with in_language("ar"):
        person = request.beneficiary or request.applicant
        days = int(value("FRD-07.appeal_days", on=on).value)
        lines = [
            f"نأسف لعدم قبول طلبكم «{request.design.title.ar}» بتاريخ {on:%d/%m/%Y}: {reason}",
            f"السند: المادة {article} من دليل السياسات." if article else "",
            "يمكنكم الدفع في الصندوق، أو طلب خطة تسوية بالتقسيط.",
            f"ويحق لكم الاعتراض خلال {days} يوماً، ولا تمنع الذمم تقديم الاعتراض.",
        ]
        return {
            "title": "إشعار بعدم القبول",
            "date": on,
            "to": [f"السيد/ة {person.full_name} المحترم/ة" if person else "مقدم الطلب"],
            "subject": request.design.title.ar,
            "body": [line for line in lines if line],
            "signatures": [],
            "seal": True,
        }
