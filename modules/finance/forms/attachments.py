"""The form of scanned papers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm, TextField


class AttachmentForm(DeskForm):
    """What the papers are; the files themselves come beside it, several at once."""

    title = TextField(
        label=_("What it is"),
        required=False,
        max_length=120,
        help_text=_("For example: invoice, decision, signed voucher. Empty: the name of the file."),
    )

    keep_digits = frozenset({"title"})
