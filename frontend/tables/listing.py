"""A list page: filters with chips, sorting, pages, totals, and the same thing as a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from frontend.requests import wants_partial
from frontend.tables.sheets import sheet_response
from frontend.tables.table import DeskTable
from kernel.text import normalise_digits

PAGE_SIZES = (25, 50, 100)
COUNTED = 10_000
_OURS = frozenset({"page", "export"})

Totals = Mapping[str, Any] | Callable[[QuerySet[Any]], Mapping[str, Any]]


def _picked(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows in the same order, whose other tables are joined after these few were picked."""
    ready: QuerySet[Any] = rows.model._default_manager.filter(pk__in=rows.values("pk"))
    ready.query.select_related = rows.query.select_related
    ready.query.deferred_loading = rows.query.deferred_loading
    ready.query.order_by = rows.query.order_by
    return ready


@dataclass(frozen=True)
class Chip:
    """A filter that is applied, and the address of the list without it."""

    label: str
    value: str
    url: str


class LongPaginator(Paginator):
    """Counts no further than needed: a list of a million says "more than 10,000" at once."""

    more = False

    def __init__(self, *args: Any, pick_first: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pick_first = pick_first

    @property
    def count(self) -> int:
        found = self.__dict__.get("_count")
        if found is None:
            listed = self.object_list
            data = getattr(listed, "data", listed)
            rows = getattr(data, "data", data)
            found = rows[: COUNTED + 1].count() if isinstance(rows, QuerySet) else len(listed)
            self.more = found > COUNTED
            found = min(found, COUNTED)
            self.__dict__["_count"] = found
        return found

    def page(self, number: Any) -> Any:
        try:
            return super().page(number)
        except EmptyPage:
            return super().page(self.num_pages)

    def _get_page(self, rows: Any, *args: Any, **kwargs: Any) -> Any:
        if self.pick_first and isinstance(rows.data, QuerySet):
            rows.data = _picked(rows.data)
        return super()._get_page(rows, *args, **kwargs)  # type: ignore[misc]


def list_page(
    request: HttpRequest,
    *,
    table: type[DeskTable],
    queryset: QuerySet[Any],
    filters: type[django_filters.FilterSet] | None = None,
    template: str = "frontend/list.html",
    title: str | Promise = "",
    totals: Totals | None = None,
    context: Mapping[str, Any] | None = None,
    table_kwargs: Mapping[str, Any] | None = None,
    pick_first: bool = False,
) -> HttpResponse:
    """Answer a request for a list: the page, the part that htmx swaps, or with `?export=xlsx` the sheet of it.

    `totals` are aggregates by column name (of all filtered rows, not of the page), or fn(queryset) -> values.
    `pick_first` is for rows that are sorted without an index and joined with wide tables: the page's rows are found
    before anything is joined to them. Only where the queryset has no annotations.
    Templates extend `frontend/list.html`; `actions`, `before` and `empty` are its blocks.
    """
    plain = _plain(request.GET)
    filterset = filters(plain, queryset=queryset, request=request) if filters else None
    if filterset is not None:
        _dress(filterset.form)
    rows = filterset.qs if filterset is not None else queryset
    built = table(rows, **(table_kwargs or {}))
    size = _page_size(request)
    RequestConfig(request, paginate=False).configure(built)
    if request.GET.get("export") == "xlsx":
        return sheet_response(built, title=str(title or _("List")))
    # Not left to django-tables2, which takes any number of rows from the address.
    built.paginate(LongPaginator, per_page=size, page=_page_number(request), pick_first=pick_first)
    if totals is not None:
        built.totals = dict(totals(rows) if callable(totals) else rows.aggregate(**totals))
    shown = {
        "title": title,
        "table": built,
        "filterset": filterset,
        "chips": _chips(request, filterset) if filterset is not None else [],
        "sizes": [(one, _address(request, per_page=one), one == size) for one in PAGE_SIZES],
        "export_url": _address(request, export="xlsx"),
        "counted": COUNTED,
        **(context or {}),
    }
    part = wants_partial(request) and request.headers.get("HX-Target") == "list"
    response = render(request, "frontend/list_part.html" if part else template, shown)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def _dress(form: forms.Form) -> None:
    """Filters in our words: nothing chosen is "all", and several choices are ticks in a menu, not a long box."""
    for field in form.fields.values():
        if isinstance(field, django_filters.fields.ModelChoiceField | forms.ModelChoiceField):
            field.empty_label = _("All")
        elif isinstance(field, forms.MultipleChoiceField):
            field.widget = forms.CheckboxSelectMultiple(choices=field.choices)  # type: ignore[arg-type]
        elif isinstance(field.widget, forms.Select):
            first, *others = list(field.widget.choices)
            if first[0] in ("", "unknown", None):
                field.widget.choices = [(first[0], _("All")), *others]


def _plain(query: QueryDict) -> QueryDict:
    clean = query.copy()
    for name, values in query.lists():
        clean.setlist(name, [normalise_digits(value).strip() for value in values])
    return clean


def _page_size(request: HttpRequest) -> int:
    asked = request.GET.get("per_page", "")
    return int(asked) if asked in map(str, PAGE_SIZES) else PAGE_SIZES[0]


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else 1


def _address(request: HttpRequest, **changes: Any) -> str:
    query = request.GET.copy()
    for name in _OURS:
        query.pop(name, None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def _chips(request: HttpRequest, filterset: django_filters.FilterSet) -> list[Chip]:
    form = filterset.form
    if not form.is_bound:
        return []
    form.is_valid()
    chips = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", []) or (hasattr(value, "exists") and not value):
            continue
        field = form[name]
        chips.append(Chip(str(field.label), _shown(field, value), _without(request, name)))
    return chips


def _shown(field: Any, value: Any) -> str:
    if value is True or value is False:
        return _("yes") if value else _("no")
    if isinstance(value, slice):
        return " – ".join(
            f"{end:%d/%m/%Y}" if hasattr(end, "strftime") else str(end)
            for end in (value.start, value.stop)
            if end
        )
    titles = {
        str(key): str(title)
        for key, title in getattr(field.field, "choices", [])
        if not isinstance(title, (list, tuple))
    }
    values = value if isinstance(value, (list, tuple, QuerySet)) else [value]
    return "، ".join(titles.get(str(getattr(one, "pk", one)), str(one)) for one in values)


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    for key in list(query):
        if (
            key == name
            or key in _OURS
            or key in {f"{name}_min", f"{name}_max", f"{name}_after", f"{name}_before"}
        ):
            query.pop(key)
    return f"?{query.urlencode()}"
