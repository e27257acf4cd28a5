"""What a clerk may type in a date, an amount, an ID number, a telephone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from frontend.forms import AmountField, DateField, DeskForm, IdNumberField, PhoneField
from kernel.errors import InvalidInput, Refusal


@pytest.mark.parametrize(
    "typed",
    [
        "22/11/2026",
        "22-11-2026",
        "22.11.2026",
        "22 11 2026",
        "22112026",
        "٢٢/١١/٢٠٢٦",
        "٢٢١١٢٠٢٦",
        "2026-11-22",
        " 22/11/2026 ",
    ],
)
def test_a_date_is_understood_however_it_is_typed(typed: str) -> None:
    assert DateField().clean(typed) == date(2026, 11, 22)


@pytest.mark.parametrize(
    "typed",
    ["31/02/2026", "22/13/2026", "yesterday", "22/11/26", "29/02/2027", "00/00/0000", "22/11/1626"],
)
def test_a_date_that_cannot_be_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        DateField().clean(typed)


def test_a_leap_day_is_a_day() -> None:
    assert DateField().clean("29/02/2028") == date(2028, 2, 29)


def test_a_date_outside_its_bounds_is_refused_naming_the_bound() -> None:
    with pytest.raises(forms.ValidationError, match="22/11/2026"):
        DateField(latest=date(2026, 11, 22)).clean("23/11/2026")


def test_an_empty_date_that_is_not_required_is_none() -> None:
    assert DateField(required=False).clean("") is None


@pytest.mark.parametrize("typed", ["1240.5", "1,240.50", "١٬٢٤٠٫٥", "1240.50"])
def test_an_amount_is_read_as_people_write_it(typed: str) -> None:
    assert AmountField().clean(typed).amount == Decimal("1240.50")


def test_an_amount_with_too_many_decimals_is_refused() -> None:
    with pytest.raises(forms.ValidationError):
        AmountField(currency="ILS").clean("1.005")
    assert AmountField(currency="JOD").clean("1.005").amount == Decimal("1.005")


def test_a_zero_may_be_refused() -> None:
    with pytest.raises(forms.ValidationError):
        AmountField(zero=False).clean("0")


def test_an_id_number_gets_back_the_zeros_a_spreadsheet_dropped() -> None:
    assert IdNumberField().clean("٣٣٤٤٥٥٦٠") == "033445560"


def test_a_wrong_check_digit_is_not_the_fields_business() -> None:
    assert IdNumberField().clean("123456789") == "123456789"


def test_an_id_number_with_letters_is_refused() -> None:
    with pytest.raises(forms.ValidationError):
        IdNumberField().clean("12a456789")


def test_a_telephone_keeps_its_digits() -> None:
    assert PhoneField().clean("٠٥٩٩-١٢٣ ٤٥٦") == "0599123456"


class Petition(DeskForm):
    keep_digits = frozenset({"text"})

    name = forms.CharField()
    number = forms.CharField()
    text = forms.CharField()


def petition(**typed: Any) -> Petition:
    data = QueryDict(mutable=True)
    data.update(typed)
    return Petition(data)


def test_digits_become_plain_except_in_free_text() -> None:
    form = petition(name="  نور ", number="٤١٧", text="في ٣ أيار")
    assert form.is_valid()
    assert form.cleaned_data == {"name": "نور", "number": "417", "text": "في ٣ أيار"}


class NumberTaken(Refusal):
    code = "number_taken"
    sentence = "The number %(number)s is taken."
    field = "number"


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays() -> None:
    form = petition(name="نور", number="417", text="نص")
    form.is_valid()
    form.add_refusal(NumberTaken(number="417"))
    assert form.errors["number"] == ["The number 417 is taken."]
    assert form["name"].value() == "نور"
    assert form.status == 422


def test_a_refusal_about_a_field_the_form_lacks_stands_above_it() -> None:
    form = petition(name="نور", number="417", text="نص")
    form.is_valid()
    form.add_refusal(InvalidInput({"elsewhere": ["Not here."], "": ["In all."]}))
    assert form.non_field_errors() == ["Not here.", "In all."]


def test_a_form_that_was_not_sent_is_fine() -> None:
    assert Petition().status == 200
