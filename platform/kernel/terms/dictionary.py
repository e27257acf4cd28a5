"""The dictionary: plain data, read through `term()`. Keys are the identifiers of the glossary."""

from __future__ import annotations

from dataclasses import dataclass

DIALECTS = ("gaza", "west_bank")


class UnknownTerm(KeyError):
    """A word that no dictionary holds: a fault in our code, found by the first test that touches it."""


@dataclass(frozen=True)
class Word:
    """One thing, as each region and each language calls it."""

    gaza: str
    west_bank: str
    english: str

    def said(self, dialect: str, lang: str) -> str:
        if lang == "en":
            return self.english
        return self.gaza if dialect == "gaza" else self.west_bank


def _everywhere(arabic: str, english: str) -> Word:
    return Word(arabic, arabic, english)


# What the two regions call differently.
_REGIONAL = {
    "clearance_certificate": Word("خلو طرف", "براءة ذمة", "Clearance certificate"),
    "clearance_certificate_definite": Word(
        "شهادة خلو الطرف", "شهادة براءة الذمة", "the clearance certificate"
    ),
    "clearance_request": Word("طلب خلو طرف", "طلب براءة ذمة", "Request for clearance"),
    "deposit": Word("أمانات", "تأمينات", "Deposits held"),
    "front_desk": Word("قلم الجمهور", "مركز خدمات الجمهور", "Front desk"),
    "land_block": Word("قطعة", "حوض", "Block"),
    "land_block_number": Word("رقم القطعة", "رقم الحوض", "Block number"),
    "land_block_name": Word("اسم القطعة", "اسم الحوض", "Block name"),
    "land_parcel": Word("قسيمة", "قطعة", "Parcel"),
    "land_parcel_number": Word("رقم القسيمة", "رقم القطعة", "Parcel number"),
    "land_unit": Word("قطعة وقسيمة", "حوض وقطعة", "Block and parcel"),
}

# What both call alike; kept here so that every screen and paper uses the one word.
_COMMON = {
    "municipality": _everywhere("البلدية", "Municipality"),
    "citizen": _everywhere("المواطن", "Citizen"),
    "applicant": _everywhere("مقدم الطلب", "Applicant"),
    "agent": _everywhere("الوكيل", "Agent"),
    "beneficiary": _everywhere("المستفيد", "Beneficiary"),
    "ratepayer": _everywhere("المكلف", "Ratepayer"),
    "occupier": _everywhere("المنتفع", "Occupier"),
    "heirs": _everywhere("ورثة", "Heirs"),
    "id_number": _everywhere("رقم الهوية", "ID number"),
    "known_as": _everywhere("الشهرة", "Known as"),
    "trade_name": _everywhere("الاسم التجاري", "Trade name"),
    "registered_name": _everywhere("الاسم المسجل", "Registered name"),
    "transaction": _everywhere("معاملة", "Transaction"),
    "service_request": _everywhere("طلب", "Request"),
    "request_number": _everywhere("رقم الطلب", "Request number"),
    "acknowledgement": _everywhere("إيصال استلام", "Acknowledgement slip"),
    "fee_quotation": Word("بيان رسوم", "عرض رسوم", "Quotation of fees"),
    "missing_items_letter": _everywhere("كتاب نواقص", "Letter of missing items"),
    "required_document": _everywhere("الوثائق المطلوبة", "Required documents"),
    "attachment": _everywhere("مرفقات المعاملة", "Attachments"),
    "missing_items": _everywhere("استكمال النواقص", "Completion of missing items"),
    "complaint": _everywhere("شكوى", "Complaint"),
    "petition": _everywhere("استدعاء", "Petition"),
    "objection": _everywhere("اعتراض", "Objection"),
    "certified_copy": _everywhere("نسخة طبق الأصل", "Certified true copy"),
    "replacement_copy": _everywhere("بدل فاقد", "Replacement of a lost document"),
    "dues": _everywhere("الذمم المالية", "Dues"),
    "account_statement": _everywhere("كشف حساب", "Account statement"),
    "arrears": _everywhere("المتأخرات", "Arrears"),
    "balance": _everywhere("الرصيد", "Balance"),
    "opening_debt": _everywhere("الدين المدور", "Carried-forward debt"),
    "instalment_plan": _everywhere("تقسيط", "Instalment plan"),
    "exemption": _everywhere("إعفاء", "Exemption"),
    "receipt_voucher": _everywhere("سند قبض", "Receipt voucher"),
    "payment_voucher": _everywhere("سند صرف", "Payment voucher"),
    "journal_voucher": _everywhere("سند قيد", "Journal voucher"),
    "cashier": _everywhere("أمين الصندوق", "Cashier"),
    "cashbox": _everywhere("الصندوق", "Cash desk"),
    "amount_in_words": _everywhere("المبلغ كتابة", "Amount in words"),
    "property_tax": _everywhere("ضريبة الأملاك", "Property tax"),
    "occupancy_tax": _everywhere("ضريبة الأشغال", "Occupancy tax"),
    "education_tax": _everywhere("ضريبة المعارف", "Education tax"),
    "waste_fee": _everywhere("رسوم النفايات", "Waste fee"),
    "craft_licence": _everywhere("رخصة حرف وصناعات", "Craft and industry licence"),
    "building_permit": _everywhere("رخصة بناء", "Building permit"),
    "planning_conditions": _everywhere("بيان الشروط التنظيمية", "Statement of planning conditions"),
    "site_plan": _everywhere("مخطط موقع", "Site plan"),
    "occupancy_permit": _everywhere("إذن إشغال", "Occupancy permit"),
    "local_planning_committee": _everywhere("لجنة التنظيم المحلية", "Local planning committee"),
    "district_committee": _everywhere("اللجنة اللوائية", "District committee"),
    "central_committee": _everywhere("اللجنة المركزية", "Central committee"),
    "ownership_share": _everywhere("حصة", "Share"),
    "undivided_share": _everywhere("مشاع", "Undivided ownership"),
    "neighbourhood": _everywhere("الحي", "Neighbourhood"),
    "area": _everywhere("المساحة", "Area"),
    "dunum": _everywhere("دونم", "Dunum"),
    "subdivision": _everywhere("إفراز", "Subdivision"),
    "parcel_merge": _everywhere("توحيد", "Merging of parcels"),
    "lease_contract": _everywhere("عقد إيجار", "Lease contract"),
    "incoming_mail": _everywhere("وارد", "Incoming mail"),
    "outgoing_mail": _everywhere("صادر", "Outgoing mail"),
    "municipal_court": _everywhere("محكمة البلدية", "Municipal court"),
    "department": _everywhere("دائرة", "Department"),
    "section": _everywhere("قسم", "Section"),
    "policies_manual": _everywhere("دليل السياسات", "Policies manual"),
}

WORDS: dict[str, Word] = {**_REGIONAL, **_COMMON}

# Levantine, Gregorian, English; January first.
MONTHS = (
    ("كانون الثاني", "يناير", "January"),
    ("شباط", "فبراير", "February"),
    ("آذار", "مارس", "March"),
    ("نيسان", "أبريل", "April"),
    ("أيار", "مايو", "May"),
    ("حزيران", "يونيو", "June"),
    ("تموز", "يوليو", "July"),
    ("آب", "أغسطس", "August"),
    ("أيلول", "سبتمبر", "September"),
    ("تشرين الأول", "أكتوبر", "October"),
    ("تشرين الثاني", "نوفمبر", "November"),
    ("كانون الأول", "ديسمبر", "December"),
)
