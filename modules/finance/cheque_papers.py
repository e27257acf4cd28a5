"""Papers of cheques: the list given for cheques taken, the deposit slip, the letter about one that bounced."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import translation

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import currency_name, format_amount, in_words, money
from kernel.numbering.services import take
from kernel.policies.selectors import value
from kernel.printing.models import IssuedDocument
from kernel.printing.services import issue_document, ltr
from kernel.viewer import Viewer
from modules.finance.constants import BounceReason, ChequeState
from modules.finance.errors.cheques import ChequeUnknown
from modules.finance.models import Charge, Cheque, Step
from modules.finance.selectors.cheques import covered_charges


def cheques_taken_paper(cheque: Cheque, *, by: Viewer) -> bytes:
    """The acknowledgement for the cheques that were taken together with this one."""
    first = cheque.steps.order_by("id").first()
    number = first.facts.get("paper", "") if first else ""
    if not number:
        raise ChequeUnknown()
    together = list(
        Cheque.objects.filter(steps__facts__paper=number, steps__from_state="").order_by("dated_on")
    )
    covered = Charge.objects.filter(pk__in=cheque.covers).select_related("kind")
    return _list_paper(
        kind="finance.cheques_taken",
        number=number,
        title="إيصال استلام شيكات مؤجلة",
        cheques=together,
        filters=[
            ["المكلف", cheque.party.full_name],
            ["عن ذمم", "، ".join(f"{one.kind.title_ar} {one.year}" for one in covered)],
        ],
        notes=["لا تعد الذمة مسددة إلا بعد تحصيل الشيك من البنك."],
        signatures=[
            {"title": "أمين الصندوق", "name": first.taken_by_name if first else ""},
            {"title": "المسلّم"},
        ],
        by=by,
    )


def deposit_slip(slip: str, *, by: Viewer) -> bytes:
    """The slip with the cheques that went to the bank on it."""
    steps = Step.objects.filter(facts__slip=slip, to_state=ChequeState.DEPOSITED)
    found = list(Cheque.objects.filter(steps__in=steps).order_by("dated_on", "id"))
    if not found:
        raise ChequeUnknown()
    bank = steps.values_list("holder", flat=True).first() or ""
    return _list_paper(
        kind="finance.deposit_slip",
        number=slip,
        title="قسيمة إيداع شيكات برسم التحصيل",
        cheques=found,
        filters=[["البنك", bank], ["عدد الشيكات", str(len(found))]],
        notes=[],
        signatures=[{"title": "المحاسب", "name": by.name}, {"title": "ختم البنك"}],
        by=by,
    )


def _list_paper(
    *,
    kind: str,
    number: str,
    title: str,
    cheques: Sequence[Cheque],
    filters: list[list[str]],
    notes: list[str],
    signatures: list[dict[str, str]],
    by: Viewer,
) -> bytes:
    issued = IssuedDocument.objects.filter(kind=kind, number=number).order_by("id").first()
    if issued is None:
        currency = cheques[0].currency
        total = money(sum((one.amount for one in cheques), Decimal(0)), currency)
        with translation.override("ar"), recorded(by=by):
            issued = issue_document(
                kind=kind,
                number=number,
                title=title,
                template="list",
                data={
                    "title": title,
                    "number": number,
                    "date": today(),
                    "filters": filters,
                    "columns": [
                        {"label": "رقم الشيك", "width": "28mm"},
                        {"label": "البنك والفرع"},
                        {"label": "الساحب"},
                        {"label": "الاستحقاق", "width": "28mm", "align": "center"},
                        {
                            "label": f"المبلغ ({currency_name(currency)})",
                            "width": "38mm",
                            "align": "number",
                        },
                    ],
                    "rows": [
                        [
                            ltr(one.number),
                            f"{one.bank} {one.branch}".strip(),
                            one.drawer,
                            one.dated_on,
                            format_amount(money(one.amount, currency)),
                        ]
                        for one in cheques
                    ],
                    "totals": ["المجموع", "", "", "", format_amount(total)],
                    "portrait": True,
                    "words": in_words(total),
                    "notes": notes,
                    "signatures": signatures,
                },
                facts={"عدد الشيكات": str(len(cheques)), "المجموع": total},
                party_id=None,
                subject=f"{kind}:{number}",
                by=by,
            )
    with issued.file.open() as stream:
        return bytes(stream.read())


def bounce_letter(cheque: Cheque, *, by: Viewer) -> bytes:
    """The letter to the drawer: what came back, why, what is owed again, until when. Issued once for each return."""
    step = cheque.steps.filter(to_state=ChequeState.BOUNCED).order_by("-id").first()
    if step is None:
        raise ChequeUnknown()
    subject = f"cheque_step:{step.uid}"
    issued = IssuedDocument.objects.filter(subject=subject).order_by("id").first()
    if issued is None:
        with translation.override("ar"), recorded(by=by):
            number = take("finance.bounce_letter", year=today().year, by=by)
            issued = issue_document(
                kind="finance.bounce_letter",
                number=number.text,
                title="إشعار بشيك راجع",
                template="letter",
                data=_letter(cheque, step, number.text),
                facts={"الساحب": cheque.drawer, "رقم الشيك": cheque.number},
                party_id=cheque.party_id,
                subject=subject,
                by=by,
            )
    with issued.file.open() as stream:
        return bytes(stream.read())


def _letter(cheque: Cheque, step: Step, number: str) -> dict[str, Any]:
    amount = money(cheque.amount, cheque.currency)
    cost = value("FIN-06.returned_charge", on=step.on_date).value
    owed = Charge.objects.filter(pk__in=covered_charges(cheque)).select_related("kind")
    return {
        "title": "إشعار بشيك راجع",
        "number": number,
        "date": today(),
        "to": [f"السيد/ة {cheque.party.full_name} المحترم/ة"],
        "subject": f"إعادة الشيك رقم {cheque.number}",
        "body": [
            "نفيدكم بأن البنك أعاد إلينا الشيك المبين أدناه دون صرف:",
            {
                "facts": [
                    ["رقم الشيك", cheque.number],
                    ["البنك", f"{cheque.bank} {cheque.branch}".strip()],
                    ["تاريخ الاستحقاق", cheque.dated_on],
                    ["المبلغ", amount],
                    ["سبب الإعادة", str(BounceReason(step.facts["reason"]).label)],
                    ["تاريخ الإعادة", step.on_date],
                ],
                "across": 2,
            },
            f"{in_words(amount)}",
            "وعليه أصبحت الذمم الآتية مستحقة الدفع من جديد: "
            + "، ".join(f"{one.kind.title_ar} {one.year}" for one in owed)
            + ".",
            *(
                [
                    f"وقُيّد عليكم بدل إعادة شيك بمبلغ {format_amount(cost)} {currency_name(cost.currency.code)} وفق سياسة الشيكات المؤجلة والراجعة."
                ]
                if cost.amount
                else []
            ),
            "يرجى مراجعة الدائرة المالية خلال خمسة عشر يوماً من تاريخه لتسوية المبلغ.",
        ],
        "signatures": [{"title": "المدير المالي"}],
    }
