"""Tags and filters that the layouts and the cotton components use. Nothing here knows a rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from moneyed import Money

from frontend import assets
from frontend.dates import long_form, short_form, weekday_form
from frontend.forms.selects import is_plain_select, plain_select
from frontend.panels import ShownPanel
from kernel import text
from kernel.money import format_amount, money
from kernel.parties.identifiers import national_form
from kernel.viewer import Viewer

register = template.Library()

STATE_ICONS = {
    "ok": "circle-check",
    "warn": "alert-triangle",
    "danger": "alert-circle",
    "info": "info-circle",
    "neutral": "point",
}
PARTY_ICONS = {
    "person": "user",
    "organisation": "building-store",
    "public_body": "building-bank",
    "heirs": "users-group",
    "unknown": "user-question",
}
STEP_ICONS = {
    "done": "check",
    "now": "player-play",
    "late": "clock-exclamation",
    "paused": "player-pause",
    "refused": "x",
    "returned": "arrow-back-up",
    "waiting": "clock",
    "skipped": "minus",
}
# The sign stands after the figure: 1,240.50 ₪.
SIGNS = {"ILS": "₪", "JOD": "د.أ", "USD": "$", "EUR": "€"}
MINUS, NO_BREAK = "\u2212", "\u00a0"
# Icons that point somewhere turn with the page.
POINTING = frozenset(
    {
        "arrow-right",
        "arrow-left",
        "arrow-back",
        "arrow-back-up",
        "arrow-forward-up",
        "arrow-bar-to-right",
        "chevron-right",
        "chevron-left",
        "chevrons-right",
        "chevrons-left",
        "logout",
        "login",
        "send",
        "send-2",
        "external-link",
        "list-details",
        "file-export",
        "player-play",
        "player-track-next",
        "player-track-prev",
    }
)


@register.simple_tag
def asset(source: str) -> str:
    return assets.asset_url(source)


@register.simple_tag
def icon_href(name: str) -> str:
    return f"{assets.asset_url(assets.ICONS)}#{name}"


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """The icon as decoration: text beside it says the same."""
    turned = " icon-mirrored" if name in POINTING else ""
    return format_html(
        '<svg class="icon {}{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        css,
        turned,
        icon_href(name),
    )


@register.simple_tag
def comma() -> str:
    """Between two of a list, in the reader's language."""
    return text.comma()


@register.filter
def listed(words: Iterable[object]) -> str:
    return text.listed(words)


@register.filter
def points(name: str) -> bool:
    return name in POINTING


@register.filter
def state_icon(kind: str) -> str:
    return STATE_ICONS.get(kind, kind)


@register.filter
def step_icon(kind: str) -> str:
    return STEP_ICONS.get(kind, kind)


@register.filter
def step_word(kind: str) -> str:
    """What the colour of a step says, for those who do not see it."""
    words = {
        "done": _("done"),
        "now": _("now here"),
        "late": _("late"),
        "paused": _("paused"),
        "refused": _("refused"),
        "returned": _("returned"),
        "skipped": _("not needed"),
    }
    return words.get(kind, _("not yet"))


@register.filter
def amount(value: Money | Decimal | int | str | None, currency: str = "") -> str:
    """An amount with its sign after it: 1,240.50 ₪. A bare number needs its currency."""
    if value is None or value == "":
        return "—"
    if not isinstance(value, Money):
        value = money(value, currency or "ILS")
    code = value.currency.code
    figure = format_amount(value).replace("-", MINUS)
    return f"{figure}{NO_BREAK}{SIGNS.get(code, code)}"


@register.filter
def iso(value: date | datetime | None) -> str:
    return value.isoformat() if value else ""


@register.filter
def short_date(value: date | datetime | None, time: bool = False) -> str:
    """dd/mm/yyyy, and with `time` HH:MM, on the municipality's clock."""
    return short_form(value, with_time=bool(time)) if value else "—"


@register.filter
def long_date(value: date | datetime | None) -> str:
    return long_form(value) if value else "—"


@register.filter
def weekday(value: date | datetime) -> str:
    return weekday_form(value)


@register.filter
def phone(e164: str) -> str:
    """A telephone as it is dialled here."""
    return national_form(e164)


@register.filter
def party_icon(kind: str) -> str:
    return PARTY_ICONS.get(kind, "user")


@register.filter
def beside(titles: Iterable[Any], values: Iterable[Any]) -> list[tuple[Any, Any]]:
    """`{% for title, value in titles|beside:values %}`: each value with the title of its column. As many as titles."""
    return list(zip(titles, values, strict=True))


@register.filter
def may(viewer: Viewer | None, permission: str) -> bool:
    return viewer is not None and viewer.may(permission)


@register.simple_tag(takes_context=True)
def panel(context: Context, shown: ShownPanel) -> SafeString:
    """A module's panel, drawn with its own context and nothing of the page's."""
    request = context.get("request")
    return render_to_string(shown.content.template, shown.content.context, request=request)


# --- Fields ---------------------------------------------------------------------------------------

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
_PLAIN = (forms.HiddenInput, forms.CheckboxInput, *_GROUPS)


@register.filter
def is_group(field: BoundField) -> bool:
    return isinstance(field.field.widget, _GROUPS)


@register.filter
def is_tick(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_span(field: BoundField) -> bool:
    """From and to, in two inputs."""
    return isinstance(field.field.widget, forms.MultiWidget)


@register.filter
def is_short(field: BoundField) -> bool:
    return bool(getattr(field.field, "is_short", False))


@register.filter
def unit(field: BoundField) -> str:
    return str(getattr(field.field, "unit", "") or "")


@register.filter
def anchor(field: BoundField) -> str:
    """The id that the error summary leads to: the first choice of a group, else the input."""
    return f"{field.auto_id}_0" if is_group(field) else str(field.id_for_label or field.auto_id)


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """The field's input in our clothes, tied to its hint and its errors."""
    own = field.field.widget
    attrs: dict[str, Any] = {}
    if isinstance(own, forms.MultiWidget):
        return _pair(field, own)
    if isinstance(own, forms.CheckboxInput):
        attrs["class"] = _joined(own, "form-check-input")
    elif isinstance(own, forms.Select):
        attrs["class"] = _joined(own, "form-select")
    elif not isinstance(own, _PLAIN):
        attrs["class"] = _joined(own, "form-control")
    if isinstance(own, forms.Textarea) and "rows" not in own.attrs:
        attrs["rows"] = 4
    if isinstance(own, (forms.TextInput, forms.Textarea)) and "dir" not in own.attrs:
        is_code = isinstance(
            own, (forms.EmailInput, forms.URLInput, forms.NumberInput, forms.PasswordInput)
        )
        attrs["dir"] = "ltr" if is_code else "auto"
        if not is_code and not own.attrs.get("placeholder"):
            attrs["placeholder"] = (
                " "  # lets the style tell an empty field, which has no direction yet
            )
    described = [
        f"{field.auto_id}_{part}"
        for part, there in (("helptext", field.help_text), ("error", field.errors))
        if there
    ]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    if is_plain_select(own):
        return plain_select(field, attrs)
    return field.as_widget(attrs=attrs)


@register.filter
def choice_input(choice: Any) -> SafeString:
    """One radio button or tick of a group."""
    choice.data["attrs"]["class"] = "form-check-input"
    return SafeString(mark_safe(choice.tag()))  # noqa: S308 - Django's own widget markup


def _pair(field: BoundField, own: forms.MultiWidget) -> SafeString:
    """A span typed in two inputs, each with a name of its own for who does not see them side by side."""
    own.template_name = (
        "django/forms/widgets/multiwidget.html"  # django-filter's writes a stroke between
    )
    for part, name in zip(own.widgets, (_("From"), _("To")), strict=False):
        part.attrs |= {
            "class": "form-control",
            "dir": "ltr",
            "aria-label": f"{field.label}: {name}",
        }
        part.attrs.setdefault("placeholder", name)
    return format_html('<div class="pair">{}</div>', field.as_widget())


def _joined(own: forms.Widget, css: str) -> str:
    return f"{own.attrs.get('class', '')} {css}".strip()


@register.simple_tag
def submission_key(form: forms.BaseForm | None = None) -> SafeString:
    """The key under which this form is accepted once; kept when the form comes back with errors."""
    sent = form.data.get("submission_key") if form is not None and form.is_bound else None
    return format_html(
        '<input type="hidden" name="submission_key" value="{}">', sent or uuid4().hex
    )


# --- Capturing ------------------------------------------------------------------------------------


class CaptureNode(template.Node):
    """Renders what it encloses into a variable, so that a layout can tell whether a block is empty."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: Context) -> str:
        text = self.nodelist.render(context)
        context[self.name] = text if text.strip() else ""
        return ""


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    words = token.split_contents()
    if len(words) != 3 or words[1] != "as":
        raise template.TemplateSyntaxError("{% capture as name %} … {% endcapture %}")
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(nodelist, words[2])
