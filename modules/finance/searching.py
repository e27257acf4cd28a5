"""Receipts in the one box: by number."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.templatetags.face import amount
from kernel.money import money
from kernel.search import Hit
from kernel.text import normalise_digits
from kernel.viewer import Viewer
from modules.finance.selectors.cash import known_receipts

SHORTEST = 3


def receipts_by_number(viewer: Viewer, text: str, limit: int) -> list[Hit]:
    """Receipts whose number is, or ends with, what was typed."""
    typed = normalise_digits(text).strip()
    if len(typed) < SHORTEST or not any(sign.isdigit() for sign in typed):
        return []
    found = known_receipts(viewer).filter(number_text__in=_numbers(typed))[:limit]
    return [
        Hit(
            title=one.number_text,
            subtitle=f"{one.payer_name} · {amount(money(one.amount, one.currency))}",
            url=reverse("finance:receipt", args=[one.uid]),
            kind=_("Receipt"),
            icon="receipt",
            score=1.0,
        )
        for one in found
    ]


def _numbers(typed: str) -> list[str]:
    """The number as written on the paper, and with the zeros that people leave out."""
    head, _slash, tail = typed.rpartition("/")
    return [typed, f"{head}/{tail.zfill(5)}"] if head and tail.isdigit() else [typed]
