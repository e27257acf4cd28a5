"""The staff of a showcase town: who sits where. One password for all, written on the door."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "baladiyat-2026"  # noqa: S105  demonstration accounts, printed by `infra/up`


@dataclass(frozen=True)
class Seat:
    """An account, its section and its roles; `says` is what `baladiyat accounts` prints beside it."""

    username: str
    name_ar: str
    name_en: str
    section: str
    roles: tuple[str, ...]
    says: str


STAFF = (
    Seat("amal", "أمل الأسطل", "Amal al-Astal", "front_desk", ("service_clerk",), "service clerk"),
    Seat(
        "basel",
        "باسل شعث",
        "Basel Shaath",
        "planning",
        ("section_engineer", "section_head"),
        "planning engineer, head of section",
    ),
    Seat(
        "rana",
        "رنا الفرا",
        "Rana al-Farra",
        "surveying",
        ("section_engineer",),
        "surveyor, site visits",
    ),
    Seat("lina", "لينا النجار", "Lina an-Najjar", "legal", ("section_officer",), "legal adviser"),
    Seat("karim", "كريم أبو عودة", "Karim Abu Odeh", "cash_desk", ("cashier",), "cashier"),
    Seat("maha", "مها الأغا", "Maha al-Agha", "accounting", ("accountant",), "accountant"),
    Seat(
        "jamal",
        "جمال بربخ",
        "Jamal Barbakh",
        "finance",
        ("finance_manager", "section_head"),
        "finance manager",
    ),
    Seat(
        "salma",
        "سلمى المصري",
        "Salma al-Masri",
        "mayor_office",
        ("manager", "payment_authority"),
        "manager who decides, and approves large payments",
    ),
    Seat(
        "hadi",
        "هادي السقا",
        "Hadi as-Saqqa",
        "computer",
        ("administrator", "catalogue_keeper"),
        "administrator",
    ),
    Seat(
        "walid",
        "وليد القدرة",
        "Walid al-Qidra",
        "public_works",
        ("section_officer", "collector"),
        "public works, treats complaints, collects in the quarters",
    ),
)
