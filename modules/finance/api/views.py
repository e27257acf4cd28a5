"""Dues, charges, receipts and statements at the edge: parse, call, render."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from api.endpoints import Endpoint
from api.idempotency import idempotent
from api.values import ReasonIn, money_out
from kernel.audit.looking import record_look
from kernel.calendar.selectors import today
from kernel.parties.selectors import ids_of, party_for
from modules.finance.api.filters import ChargeFilters, ReceiptFilters
from modules.finance.api.serializers import (
    ChargeIn,
    ChargeOut,
    DuesOut,
    DuesQuery,
    ReceiptDetailOut,
    ReceiptIn,
    ReceiptOut,
    StatementOut,
    StatementQuery,
)
from modules.finance.constants import Method
from modules.finance.errors import ChargeUnknown
from modules.finance.errors.spending import BudgetLineUnknown
from modules.finance.models import BudgetLine, Charge, Receipt
from modules.finance.selectors.cash import known_receipts, receipt_for, receipts
from modules.finance.selectors.dues import advance_of, charge_for, charges, dues_of
from modules.finance.selectors.projects import projects_of
from modules.finance.selectors.statements import Account, statement_of
from modules.finance.services.charging import assess_by_hand
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.receiving import receive
from modules.finance.services.voiding import cancel_receipt, reverse_receipt


class Dues(Endpoint):
    """What a person owes."""

    module = "finance"
    scope = "finance"
    permissions = {"list": "finance.read_dues"}  # noqa: RUF012
    extra_parameters = ("party", "on")
    pagination_class = None
    filterset_class = None

    @extend_schema(parameters=[DuesQuery], responses=DuesOut)
    def list(self, request: Request) -> Response:
        """Open dues of a person, oldest first, as they stand or as they stood on a past day.

        Records that were merged into the person are included.
        """
        asked = _query(DuesQuery, request)
        party = party_for(self.viewer, asked["party"])
        on = asked.get("on") or today()
        family = ids_of(party.pk)
        record_look(table_name="parties_party", row_id=party.pk, what="dues", by=self.viewer)
        answer = dues_of(family, today=today(), on=on)
        return Response(
            {
                "party": party.uid,
                "as_of": on,
                "known": answer.known,
                "is_clear": answer.is_clear,
                "lines": [
                    {
                        "charge": one.charge_uid,
                        "kind": one.kind,
                        "kind_title": one.kind_title,
                        "year": one.year,
                        "due_on": one.due_on,
                        "description": one.description,
                        "principal": money_out(one.principal, one.currency),
                        "paid": money_out(one.paid, one.currency),
                        "balance": money_out(one.balance, one.currency),
                        "covered": money_out(one.covered, one.currency),
                    }
                    for one in answer.lines
                ],
                "totals": [
                    money_out(amount, currency)
                    for currency, amount in sorted(answer.totals.items())
                ],
                "advances": [
                    money_out(amount, currency)
                    for currency, amount in sorted(advance_of(family).items())
                ],
            }
        )


class Charges(Endpoint):
    """Dues as records."""

    module = "finance"
    scope = "finance"
    permissions = {  # noqa: RUF012
        "list": "finance.read_dues",
        "retrieve": "finance.read_dues",
        "create": "finance.assess",
    }
    queryset = Charge.objects.none()
    serializer_class = ChargeOut
    filterset_class = ChargeFilters

    def get_queryset(self) -> QuerySet[Charge]:
        return charges(self.viewer)

    @extend_schema(responses=ChargeOut(many=True))
    def list(self, request: Request) -> Response:
        """Charges, newest first."""
        return self.page(self.get_queryset(), ChargeOut)

    @extend_schema(responses=ChargeOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One charge with what is still owed on it."""
        return Response(ChargeOut(charge_for(self.viewer, UUID(uid))).data)

    @extend_schema(request=ChargeIn, responses={201: ChargeOut})
    @idempotent(required=True)
    def create(self, request: Request) -> Response:
        """Charge a person by hand. The same Idempotency-Key charges once."""
        asked = self.parsed(ChargeIn)
        party = party_for(self.viewer, asked.pop("party"))
        charge = assess_by_hand(party_id=party.pk, by=self.viewer, **asked)
        response = Response(ChargeOut(charge_for(self.viewer, charge.uid)).data, status=201)
        response["Location"] = reverse("charge-detail", args=[charge.uid])
        return response


class Receipts(Endpoint):
    """Money received."""

    module = "finance"
    scope = "finance"
    permissions = {  # noqa: RUF012
        "list": "finance.read_receipts",
        "retrieve": "finance.read_dues",
        "create": "finance.receive",
        "cancellation": "finance.cancel_receipt",
        "reversal": "finance.reverse_receipt",
    }
    queryset = Receipt.objects.none()
    serializer_class = ReceiptOut
    filterset_class = ReceiptFilters

    def get_queryset(self) -> QuerySet[Receipt]:
        return receipts(self.viewer)

    @extend_schema(responses=ReceiptOut(many=True))
    def list(self, request: Request) -> Response:
        """Receipts, newest first: all with the right to see the books, else those of the key's own account."""
        return self.page(self.get_queryset(), ReceiptOut)

    @extend_schema(responses=ReceiptDetailOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One receipt with its instruments and what it settled."""
        return Response(_detail(self, UUID(uid)))

    @extend_schema(request=ReceiptIn, responses={201: ReceiptDetailOut})
    @idempotent(required=True)
    def create(self, request: Request) -> Response:
        """Receive money in the open cash session of the key's account. The same Idempotency-Key gives one receipt."""
        asked = self.parsed(ReceiptIn)
        receipt = receive(_payment(self, asked), by=self.viewer)
        response = Response(_detail(self, receipt.uid), status=201)
        response["Location"] = reverse("receipt-detail", args=[receipt.uid])
        return response

    @extend_schema(request=ReasonIn, responses={201: ReceiptDetailOut})
    @action(detail=True, methods=["post"])
    @idempotent(required=True)
    def cancellation(self, request: Request, uid: str) -> Response:
        """Cancel a receipt in its open session, as a second person."""
        reason = self.parsed(ReasonIn)["reason"]
        cancel_receipt(receipt_for(self.viewer, UUID(uid)), reason=reason, by=self.viewer)
        return Response(_detail(self, UUID(uid)), status=201)

    @extend_schema(request=ReasonIn, responses={201: ReceiptDetailOut})
    @action(detail=True, methods=["post"])
    @idempotent(required=True)
    def reversal(self, request: Request, uid: str) -> Response:
        """Reverse a receipt whose session is closed."""
        reason = self.parsed(ReasonIn)["reason"]
        reverse_receipt(receipt_for(self.viewer, UUID(uid)), reason=reason, by=self.viewer)
        return Response(_detail(self, UUID(uid)), status=201)


class Statements(Endpoint):
    """A person's statement of account."""

    module = "finance"
    scope = "finance"
    permissions = {"list": "finance.read_dues"}  # noqa: RUF012
    extra_parameters = ("party", "since", "until")
    pagination_class = None
    filterset_class = None

    @extend_schema(parameters=[StatementQuery], responses=StatementOut)
    def list(self, request: Request) -> Response:
        """Opening balance, movements and closing balance of a period, per currency."""
        asked = _query(StatementQuery, request)
        party = party_for(self.viewer, asked["party"])
        record_look(table_name="parties_party", row_id=party.pk, what="dues", by=self.viewer)
        found = statement_of(
            self.viewer, ids_of(party.pk), since=asked["since"], until=asked["until"]
        )
        return Response(
            {
                "party": party.uid,
                "since": found.since,
                "until": found.until,
                "accounts": [_account(one) for one in found.accounts],
                "deposits": [
                    {
                        "account": one.code,
                        "title": one.title_ar,
                        "currency": one.currency,
                        "held": str(one.held),
                    }
                    for one in found.deposits
                ],
            }
        )


def _query(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    bound = serializer(data=request.query_params)
    bound.is_valid(raise_exception=True)
    return dict(bound.validated_data)


def _payment(view: Endpoint, asked: dict[str, Any]) -> Payment:
    party = party_for(view.viewer, asked["party"])
    family = ids_of(party.pk)
    return Payment(
        party_id=party.pk,
        payer_name=asked["payer_name"] or party.full_name,
        tenders=tuple(
            Tender(
                method=Method(one["method"]),
                amount=one["amount"],
                reference=one["reference"],
                bank=one["bank"],
                branch=one["branch"],
                drawer_account=one["drawer_account"],
                dated_on=one.get("dated_on"),
                payable=one.get("payable"),
            )
            for one in asked["instruments"]
        ),
        charge_ids=_charge_ids(view, asked["charges"], family) if "charges" in asked else None,
        family_ids=tuple(family),
        keep_surplus=asked["keep_surplus"],
        note=asked["note"],
        project=_project(asked["project"], family) if asked.get("project") else None,
    )


def _project(uid: UUID, family: Sequence[int]) -> BudgetLine:
    """A project for which one of these persons pays this year. Refuses `BudgetLineUnknown`."""
    for one in projects_of(family, on=today()):
        if one.uid == uid:
            return one
    raise BudgetLineUnknown(line=str(uid))


def _charge_ids(view: Endpoint, uids: Sequence[UUID], family: Sequence[int]) -> tuple[int, ...]:
    found = dict(
        charges(view.viewer).filter(uid__in=uids, party_id__in=family).values_list("uid", "id")
    )
    if len(found) != len(set(uids)):
        raise ChargeUnknown()
    return tuple(found[one] for one in dict.fromkeys(uids))


def _detail(view: Endpoint, uid: UUID) -> Any:
    receipt = (
        known_receipts(view.viewer)
        .prefetch_related("instruments__spending", "settlements__charge")
        .filter(uid=uid)
        .first()
    )
    return ReceiptDetailOut(receipt if receipt is not None else receipt_for(view.viewer, uid)).data


def _account(account: Account) -> dict[str, Any]:
    return {
        "currency": account.currency,
        "opening": str(account.opening),
        "debit": str(account.debit),
        "credit": str(account.credit),
        "closing": str(account.closing),
        "movements": [
            {
                "date": one.date,
                "kind": one.kind,
                "document": one.document,
                "title": " - ".join(
                    dict.fromkeys(part for part in (one.title_ar, one.detail) if part)
                ),
                "debit": str(one.debit),
                "credit": str(one.credit),
                "balance": str(one.balance),
                "charge": one.charge_uid,
                "receipt": one.receipt_uid,
            }
            for one in account.movements
        ],
    }
