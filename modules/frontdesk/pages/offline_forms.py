"""What a supervisor asks about the offline desk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm


class BlocksForm(DeskForm):
    since = DateField(label=_("From day"), required=False)
    until = DateField(label=_("Until day"), required=False)
