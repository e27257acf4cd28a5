"""The form of what stops, what is printed and what is told."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import TextField
from modules.frontdesk.pages.designer.forms import PartForm
from modules.frontdesk.pages.designer.spoken import both, words

MESSAGES = ("submitted", "approved", "rejected", "ready")


class TextsForm(PartForm):
    """Gates, the document and the messages of a service."""

    spoken: ClassVar = MESSAGES
    dues = forms.ChoiceField(
        label=_("Open dues"),
        choices=[("block", _("stop it")), ("warn", _("warn only")), ("never", _("never stop it"))],
    )
    dues_unknown = forms.ChoiceField(
        label=_("Dues that nobody knows"),
        choices=[("warn", _("warn only")), ("refuse", _("stop it"))],
    )
    holds = forms.BooleanField(
        label=_("A hold on the person or the parcel stops it"), required=False
    )
    printed = forms.BooleanField(label=_("The service prints a document"), required=False)
    output_kind = TextField(label=_("Kind of document (code)"), max_length=60, required=False)
    output_title_ar = TextField(
        label=_("Title of the document in Arabic"), max_length=200, required=False
    )
    output_title_en = TextField(
        label=_("Title of the document in English"), max_length=200, required=False
    )
    template = forms.ChoiceField(
        label=_("Template"), choices=[("letter", _("Letter")), ("certificate", _("Certificate"))]
    )
    validity = forms.ChoiceField(
        label=_("Good for"),
        required=False,
        choices=[
            ("", _("without an end")),
            ("clearance", _("the days of a clearance")),
            ("statement", _("the days of a statement")),
        ],
    )
    clear_dues = forms.BooleanField(label=_("Never printed over open dues"), required=False)
    body_ar = TextField(
        label=_("Text of the document in Arabic"), rows=5, max_length=4000, required=False,
        help_text=_("Places: {number} {submitted_on} {decision} {decision_reason} {service}, and the codes of questions."),
    )  # fmt: skip
    body_en = TextField(
        label=_("Text of the document in English"), rows=3, max_length=4000, required=False
    )
    submitted_ar = TextField(
        label=_("Told at submission"), rows=2, max_length=500, required=False,
        help_text=_("Places: {number} {service} {promised_on}. Empty: the house's own words."),
    )  # fmt: skip
    approved_ar = TextField(label=_("Told at approval"), rows=2, max_length=500, required=False)
    rejected_ar = TextField(
        label=_("Told at rejection"), rows=2, max_length=500, required=False,
        help_text=_("Places besides: {reason} {days}"),
    )  # fmt: skip
    ready_ar = TextField(label=_("Told when it is ready"), rows=2, max_length=500, required=False)

    def __init__(self, data: Any = None, *, raw: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(data, raw=raw.get("messages", {}), **kwargs)
        self.raw = raw
        gates, output = raw.get("gates", {}), raw.get("output") or {}
        body, title = both(output.get("body")), both(output.get("title"))
        self.initial.update(
            dues=gates.get("dues", "warn"),
            dues_unknown=gates.get("dues_unknown", "warn"),
            holds=bool(gates.get("holds", ("requests",))),
            printed=bool(output),
            output_kind=output.get("kind", "frontdesk.reply"),
            output_title_ar=title[0],
            output_title_en=title[1],
            template=output.get("template", "letter"),
            validity=output.get("validity", ""),
            clear_dues=output.get("clear_dues", False),
            body_ar=body[0],
            body_en=body[1],
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("printed"):
            for name in ("output_kind", "output_title_ar"):
                if not cleaned.get(name):
                    self.add_error(name, _("This is needed."))
        return cleaned

    def parts(self) -> dict[str, Any]:
        """The three parts of the definition that this form keeps."""
        kept = self.cleaned_data
        holds = (
            list(self.raw.get("gates", {}).get("holds") or ["requests"]) if kept["holds"] else []
        )
        output = None
        if kept["printed"]:
            output = {
                "kind": kept["output_kind"],
                "title": words(kept["output_title_ar"], kept["output_title_en"]),
                "template": kept["template"],
                "validity": kept["validity"],
                "clear_dues": kept["clear_dues"],
                "body": words(kept["body_ar"], kept["body_en"]),
            }
        return {
            "gates": {"dues": kept["dues"], "dues_unknown": kept["dues_unknown"], "holds": holds},
            "output": output,
            "messages": {**self.raw.get("messages", {}), **self.part()},
        }
