"""`/reports`: the accountant's reports as rows, for whoever draws or keeps them elsewhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from kernel.money import CURRENCIES, format_amount, money
from kernel.viewer import Viewer
from modules.finance.constants import Fund
from modules.finance.errors.books import NotByDimension, ReportUnknown
from modules.finance.selectors.books import account_for
from modules.finance.selectors.dimensions import dimensions_for
from modules.finance.selectors.reports import REPORTS
from modules.finance.selectors.tables import Report, Table, sums

NARROWING = ("section", "fund", "project", "donor", "budget_line", "currency", "account")


class ReportNameOut(serializers.Serializer[Any]):
    """A report that can be asked for."""

    code = serializers.CharField()
    title = serializers.CharField()


class ReportQuery(serializers.Serializer[Any]):
    since = serializers.DateField(help_text="First day; reports as of a day look at `until` alone.")
    until = serializers.DateField(help_text="Last day.")
    section = serializers.UUIDField(
        required=False, help_text="Lines of this section and of those beneath it."
    )
    fund = serializers.ChoiceField(choices=Fund.values, required=False, default="")
    project = serializers.CharField(max_length=200, required=False, default="")
    donor = serializers.UUIDField(required=False, help_text="Who pays for the project.")
    budget_line = serializers.UUIDField(required=False)
    currency = serializers.ChoiceField(choices=sorted(CURRENCIES), required=False, default="")
    account = serializers.CharField(
        max_length=12, required=False, default="", help_text="An account and what is beneath it."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["until"] < attrs["since"]:
            raise serializers.ValidationError({"until": ["until < since"]})
        return attrs


class ReportRowOut(serializers.Serializer[Any]):
    """A row; `of` is the id or the code of what stands behind it, empty where the row is a sum."""

    of = serializers.CharField(allow_blank=True)
    cells = serializers.ListField(
        child=serializers.CharField(allow_null=True),
        help_text="As many as there are columns; amounts with a full stop, days as ISO 8601, null where nothing is.",
    )


class ReportOut(ReportNameOut):
    """A report of a period. Amounts stand beside their currency and are never added across currencies."""

    since = serializers.DateField()
    until = serializers.DateField()
    columns = serializers.ListField(child=serializers.CharField())
    leads = serializers.CharField(
        allow_blank=True, help_text="What `of` names: receipt, charge, kind, ledger, session …"
    )
    rows = ReportRowOut(many=True)
    sums = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(allow_null=True)),
        help_text="The cells of a sum for each currency of which there are rows to add; rates are those of the sums.",
    )
    note = serializers.CharField(allow_blank=True, help_text="What must be known to read it.")


class Reports(Endpoint):
    """Reports of the books."""

    module = "finance"
    scope = "finance"
    permissions: ClassVar = {"list": "finance.read", "retrieve": "finance.read"}
    lookup_field = "code"
    lookup_value_regex = "[a-z-]{1,40}"
    extra_parameters = ("since", "until", *NARROWING)
    pagination_class = None
    filterset_class = None
    serializer_class = ReportOut

    @extend_schema(operation_id="reports_list", responses=ReportNameOut(many=True))
    def list(self, request: Request) -> Response:
        """Which reports there are."""
        return Response([_name(code, report) for code, report in REPORTS.items()])

    @extend_schema(operation_id="reports_retrieve", parameters=[ReportQuery], responses=ReportOut)
    def retrieve(self, request: Request, code: str) -> Response:
        """One report of a period, the same rows as on the screen and in the sheet.

        `trial-balance` and `journal` are told by section, fund, project, donor, budget line, currency and account, too.
        """
        report = REPORTS.get(code)
        if report is None:
            raise ReportUnknown()
        asked = ReportQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        since, until = asked.validated_data["since"], asked.validated_data["until"]
        table = _table(self.viewer, report, asked.validated_data)
        return Response(
            {
                **_name(code, report),
                "since": since,
                "until": until,
                "columns": [str(one) for one in table.columns],
                "leads": table.leads,
                "rows": _rows(table),
                "sums": [_cells(row, table) for row in sums(report, table)],
                "note": str(report.note),
            }
        )


def _table(viewer: Viewer, report: Report, asked: dict[str, Any]) -> Table:
    """Refuses `NotByDimension` where the report cannot be narrowed."""
    chosen = {one: asked[one] for one in NARROWING if asked.get(one)}
    if report.narrowed is None:
        if chosen:
            raise NotByDimension()
        return report.table(viewer, asked["since"], asked["until"])
    code = chosen.pop("account", "")
    account = account_for(viewer, code) if code else None
    dimensions = dimensions_for(viewer, **chosen)
    return report.narrowed(viewer, asked["since"], asked["until"], dimensions, account)


def _name(code: str, report: Report) -> dict[str, str]:
    return {"code": code, "title": str(report.title)}


def _rows(table: Table) -> list[dict[str, Any]]:
    keys = table.keys or ("",) * len(table.rows)
    return [
        {
            "of": key,
            "cells": _cells(row, table),
        }
        for key, row in zip(keys, table.rows, strict=True)
    ]


def _cells(row: tuple[Any, ...], table: Table) -> list[str | None]:
    return [_cell(one, currency) for one, currency in zip(row, table.currencies(row), strict=True)]


def _cell(value: object, currency: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal) and currency:
        return format_amount(money(value, currency)).replace(",", "")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)
