"""Who and where of a sample with which a service is tried."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm
from kernel.parties.constants import PartyKind
from modules.frontdesk.constants import Channel, Decision


class SampleForm(DeskForm):
    kind = forms.ChoiceField(label=_("Applicant"), choices=PartyKind.choices, required=False)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices, required=False)
    decision = forms.ChoiceField(label=_("Decision"), choices=Decision.choices, required=False)
    area = forms.DecimalField(label=_("The parcel's area"), required=False)
    with_agent = forms.BooleanField(label=_("Through an agent"), required=False)
    has_place = forms.BooleanField(label=_("With a parcel"), required=False)

    def about(self, *, on: date) -> dict[str, Any]:
        """The sample's facts, as rules read them."""
        given = self.cleaned_data
        return {
            "today": on,
            "channel": given.get("channel") or "desk",
            "applicant.kind": given.get("kind") or "person",
            "with_agent": bool(given.get("with_agent")),
            "has_place": bool(given.get("has_place")),
            "place.area": given.get("area"),
        }
