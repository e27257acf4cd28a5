"""Forms of the desk and of citizens. Page authors import from here."""

from frontend.forms.base import DeskForm
from frontend.forms.fields import (
    AmountField,
    DateField,
    IdNumberField,
    LandNumberField,
    PartyField,
    PhoneField,
    TextField,
)
from frontend.forms.once import Once, once_for

__all__ = [
    "AmountField",
    "DateField",
    "DeskForm",
    "IdNumberField",
    "LandNumberField",
    "Once",
    "PartyField",
    "PhoneField",
    "TextField",
    "once_for",
]
