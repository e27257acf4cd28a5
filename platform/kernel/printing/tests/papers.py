"""Papers to print in tests: one of each template, and the letters that break printers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kernel.money import in_words, money
from kernel.printing.letterhead import Letterhead

RAMALLAH = Letterhead(
    name_ar="بلدية رام الله",
    name_en="Ramallah Municipality",
    governorate_ar="محافظة رام الله والبيرة",
    governorate_en="Ramallah & Al-Bireh Governorate",
    address="شارع عيسى زيادة، رام الله",
    phone="02-294 5555",
    website="ramallah.example",
)
VERIFY = {
    "verify_url": "https://ramallah.example/v/7KQMX2RT9HPWA4ZC",
    "code": "7KQM-X2RT-9HPW-A4ZC",
}
LONG_NAME = "عبد الرحمن نور الدين عبد اللطيف أبو عودة الأسطل المغربي المقدسي الخليلي"
SIGNERS = [
    {"title": "المحاسب", "name": "سمر ناصر عيسى"},
    {"title": "رئيس قسم الجباية", "name": "باسل عمر قاسم"},
    {"title": "رئيس البلدية", "name": "م. خالد سليم"},
]


def papers() -> dict[str, dict[str, Any]]:
    """One filled paper for each template of the catalogue."""
    day = date(2026, 11, 22)
    return {
        "slip": {
            "title": "وصل استلام معاملة",
            "number": "2026/00871",
            "date": datetime(2026, 11, 22, 10, 42),  # noqa: DTZ001  the desk's own clock
            "service": "إصدار رخصة حرفة جديدة",
            "applicant": "نور خليل الحاج",
            "facts": [["رقم الهوية", "401234562"], ["الهاتف", "+970 59 912 3456"]],
            "promised": "الأحد 6 كانون الأول 2026",
            "papers": ["صورة الهوية", "عقد الإيجار"],
            "missing": ["موافقة الدفاع المدني رقم DC-2026/17"],
            "clerk": "أمل خليل",
            **VERIFY,
        },
        "quotation": {
            "title": "عرض رسوم",
            "number": "Q-2026/00017",
            "date": day,
            "service": "إصدار رخصة حرفة جديدة",
            "applicant": "نور خليل الحاج",
            "facts": [["رقم الهوية", "401234562"], ["الخدمة", "CR-001، الإصدار 3"]],
            "rows": [
                {"title": "رسم طلب", "amount": "10.00 ₪", "basis": "نظام رسوم الخدمات لسنة 2024"},
                {"title": "رسم كشف", "told": "يُحتسب في إجراء «الكشف الصحي»"},
            ],
            "totals": ["10.00 ₪"],
            "papers": ["صورة الهوية", "عقد الإيجار (إن وجد)"],
            "days": "من 5 إلى 7 أيام عمل",
            "valid_until": day,
            "clerk": "أمل خليل",
            **VERIFY,
        },
        "cheque": {
            "title": "شيك",
            "date": day,
            "on": "22/11/2026",
            "payee": LONG_NAME,
            "words": "ألف ومئتان وأربعون شيكلاً وخمسون أغورة فقط لا غير",
            "amount": "#1,240.50#",
            "crossed": "يصرف للمستفيد الأول فقط",
            "labels": {
                "width": "180",
                "height": "80",
                "date_x": "128",
                "date_y": "12",
                "payee_x": "28",
                "payee_y": "26",
                "words_x": "28",
                "words_y": "38",
                "amount_x": "132",
                "amount_y": "50",
            },
        },
        "certificate": {
            "title": "براءة ذمة",
            "number": "CL-2026/00312",
            "date": day,
            "addressee": "إلى من يهمه الأمر",
            "body": ["تشهد البلدية بأن السيد نور خليل الحاج لا يوجد عليه أي التزامات مالية."],
            "facts": [["العقار", "حوض 12 قطعة 643/15"], ["الاشتراك", "4990-A"]],
            "purpose": "تقديمها إلى دائرة تسجيل الأراضي",
            "valid_until": date(2027, 2, 20),
            "receipt": "RV-2026/00417",
            "signatures": SIGNERS,
            **VERIFY,
        },
        "letter": {
            "title": "كتاب",
            "number": "م ص/2026/118",
            "date": day,
            "references": [["إشارتكم", "وح/442/2026"]],
            "to": ["السادة وزارة الحكم المحلي المحترمين"],
            "subject": "المخطط التفصيلي",
            "body": [
                "بالإشارة إلى كتابكم المذكور.",
                {"heading": "القرار"},
                {"clauses": ["زيادة عرض الشارع رقم 41.", "تثبيت الارتداد الأمامي."]},
                {"points": ["نقطة أولى"]},
                {"facts": [["الحوض", "12"], ["القطعة", "643/15"]], "across": 2},
                {
                    "table": {
                        "columns": [
                            {"label": "القطعة", "width": "30mm"},
                            {"label": "المساحة", "align": "number"},
                        ],
                        "rows": [["643/15", money("1240.50", "ILS")]],
                    }
                },
                {"note": "يسري هذا الكتاب شهراً."},
            ],
            "signatures": SIGNERS[-1:],
            "seal": True,
            "attachments": ["المخطط"],
            "copies": ["الملف"],
            "marks": ["عاجل"],
        },
        "receipt": {
            "title": "سند قبض",
            "number": "RV-2026/00417",
            "date": day,
            "payer": "نور خليل الحاج",
            "payer_id": "401234562",
            "amount": money("1240.50", "ILS"),
            "words": in_words(money("1240.50", "ILS")),
            "method": "شيك",
            "method_facts": [["رقم الشيك", "30001245"], ["الاستحقاق", date(2026, 12, 31)]],
            "lines": [
                {"title": "رسوم حرف", "reference": "2026", "amount": money("1240.50", "ILS")},
            ],
            "remaining": [money("35.5", "JOD")],
            "copy": "original",
            "signatures": [{"title": "أمين الصندوق", "name": "كريم"}, {"title": "الدافع"}],
            **VERIFY,
        },
        "statement": {
            "title": "كشف حساب",
            "number": "ST-2026/77",
            "date": day,
            "facts": [["المكلف", "نور خليل الحاج"], ["رقم الهوية", "401234562"]],
            "accounts": [
                {
                    "title": "شيكل",
                    "opening": "320.00",
                    "rows": [
                        {
                            "date": day,
                            "description": "فاتورة",
                            "debit": "85.50",
                            "balance": "405.50",
                        },
                    ],
                    "debit": "85.50",
                    "closing": "405.50",
                }
            ],
            "summary": [
                {"currency": "شيكل", "debit": "85.50", "credit": "0.00", "balance": "405.50"}
            ],
        },
        "list": {
            "title": "كشف القبض اليومي",
            "date": day,
            "filters": [["الصندوق", "الرئيسي"]],
            "columns": [
                {"label": "السند", "width": "30mm"},
                {"label": "المكلف"},
                {"label": "المبلغ", "width": "28mm", "align": "number"},
            ],
            "rows": [[f"RV-2026/{i:05d}", "نور", money(i, "ILS")] for i in range(60)],
            "totals": ["", "المجموع", money("1770", "ILS")],
        },
    }


def tortured() -> dict[str, Any]:
    """A certificate with all that ever broke a print: ligatures, vowels, codes, emoji, overrides."""
    return papers()["certificate"] | {
        "body": [
            f"السيد {LONG_NAME} وفلانٌ بْنُ عَلَّانٍ مُحَمَّدٌ، لا إله إلا الله، الأولاد والآلات.",
            "أرقام مختلطة: 4990-A و INV#2026-88/ب و 643/15 و 123456789012 و\u202e+970 59 912 3456.",
            "رموز: 😀 ☐ \x00 שלום кириллица 100% a@b.ps https://ramallah.example/v/1?x=1#y $5 <b>&</b>",
        ],
        "facts": [[LONG_NAME, LONG_NAME * 3], ["#let x = 1", "*bold* _it_ `raw` \\ @ref <label>"]],
    }
