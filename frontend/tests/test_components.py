"""The cotton components: what they promise to those who cannot see, and to numbers in Arabic."""

import re
from datetime import date
from decimal import Decimal

from django import forms
from django.template import engines

from frontend.forms import AmountField, DateField, DeskForm
from kernel.money import money


class Form(DeskForm):
    name = forms.CharField(label="الاسم", help_text="كما في الهوية")
    amount = AmountField(label="المبلغ", required=False)
    on = DateField(label="التاريخ", required=False)
    kind = forms.ChoiceField(
        label="النوع", choices=[("a", "أ"), ("b", "ب")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="أوافق")


def drawn(template: str, **context: object) -> str:
    from django_cotton.compiler_regex import CottonCompiler

    return engines["django"].from_string(CottonCompiler().process(template)).render(context)


def test_a_field_is_tied_to_its_label_hint_and_error(town: str) -> None:
    form = Form({"name": ""})
    form.is_valid()
    html = drawn('<c-field :field="form.name" />', form=form)
    assert '<label class="field-label" for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html
    assert 'class="form-control"' in html


def test_a_group_of_choices_is_a_fieldset_with_a_legend(town: str) -> None:
    html = drawn('<c-field :field="form.kind" />', form=Form())
    assert html.startswith("<fieldset")
    assert html.count('class="form-check-input"') == 2
    assert "<legend" in html


def test_an_amount_field_shows_its_currency_and_is_typed_left_to_right(town: str) -> None:
    html = drawn('<c-field :field="form.amount" />', form=Form())
    assert "₪" in html
    assert 'dir="ltr"' in html
    assert 'inputmode="decimal"' in html


def test_the_summary_of_errors_leads_to_the_fields(town: str) -> None:
    form = Form({"name": ""})
    form.is_valid()
    html = drawn('<c-errors :form="form" />', form=form)
    assert 'href="#id_name"' in html
    assert 'href="#id_kind_0"' in html
    assert 'role="alert"' in html


def test_a_form_without_errors_has_no_summary(town: str) -> None:
    assert drawn('<c-errors :form="form" />', form=Form()).strip() == ""


def test_numbers_are_left_to_right_islands(town: str) -> None:
    assert drawn("<c-ltr>643/15</c-ltr>") == '<bdi dir="ltr" class="ltr ">643/15</bdi>'
    html = drawn('<c-amount :value="value" />', value=money("-1240.5", "ILS"))
    assert "\u22121,240.50\u00a0₪" in html
    assert (
        drawn('<c-amount :value="value" currency="JOD" />', value=Decimal("1.5")).count(
            "1.500\u00a0د.أ"
        )
        == 1
    )


def test_a_date_is_read_by_machines_too(town: str) -> None:
    html = drawn('<c-date :value="on" />', on=date(2026, 11, 2))
    assert 'datetime="2026-11-02"' in html
    assert ">02/11/2026<" in html
    assert "—" in drawn('<c-date :value="on" />', on=None)


def test_a_state_is_text_and_icon_and_colour(town: str) -> None:
    html = drawn('<c-state kind="danger" label="متأخر" />')
    assert "متأخر" in html
    assert "#alert-circle" in html
    assert "state-danger" in html


def test_components_do_not_take_their_words_from_the_page_around_them(town: str) -> None:
    html = drawn("<c-card>محتوى</c-card>", title="عنوان الصفحة", icon="trash", actions="حذف")
    assert "عنوان الصفحة" not in html
    assert "trash" not in html
    assert "حذف" not in html


def test_the_step_where_a_request_is_says_so(town: str) -> None:
    html = drawn('<c-step kind="now" title="التنظيم" />')
    assert 'aria-current="step"' in html
    assert "visually-hidden" in html


def test_a_form_carries_a_token_a_key_and_its_draft(town: str, rf: object) -> None:
    html = drawn('<c-form :form="form" draft="people.new">x</c-form>', form=Form())
    assert 'name="submission_key"' in html
    assert 'data-draft="/drafts/people.new"' in html
    assert 'name="draft_key" value="people.new"' in html


def test_a_form_that_came_back_keeps_its_key(town: str) -> None:
    html = drawn(
        '<c-form :form="form">x</c-form>', form=Form({"submission_key": "abc", "name": ""})
    )
    assert re.search(r'name="submission_key" value="abc"', html)


def test_what_people_typed_is_escaped(town: str) -> None:
    assert "<script>" not in drawn('<c-state kind="ok" :label="text" />', text="<script>")
    assert "<script>" not in drawn('<c-empty :title="text" />', text="<script>")
