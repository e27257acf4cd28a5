"""Cheque books: the stock, one book leaf by leaf, how a bank's cheque is printed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import DeskForm, once_for
from frontend.pages import DeskRequest, page
from kernel.errors import NotVisible, Refusal
from modules.finance.constants import ChequeState
from modules.finance.errors.cheques import ChequeMoveNotAllowed
from modules.finance.forms.suppliers import (
    ChequeBookForm,
    ChequeLayoutForm,
    HolderForm,
    SpoiledForm,
)
from modules.finance.models import ChequeBook
from modules.finance.selectors.books import account_for, bank_accounts
from modules.finance.selectors.chequebooks import book_for, books, leaves
from modules.finance.selectors.cheques import cheque_for
from modules.finance.services.chequebooks import (
    hand_book,
    receive_book,
    set_cheque_layout,
    spoil_leaf,
)
from modules.finance.supplier_papers import LAYOUT, cheque_leaf

SHOWN = 200


@page(permission="finance.read_cheques", module="finance")
@require_http_methods(["GET", "POST"])
def book_list(request: DeskRequest) -> HttpResponse:
    """The stock of cheque books; a new one from the bank."""
    form = ChequeBookForm(request.POST or None, banks=bank_accounts(request.viewer))
    try:
        if request.method == "POST":
            request.viewer.require("finance.manage_chequebooks")
            with once_for(request, "finance.chequebook") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    made = receive_book(
                        form.cleaned_data["account"],
                        first=form.cleaned_data["first"],
                        last=form.cleaned_data["last"],
                        holder=form.cleaned_data["holder"],
                        on=form.cleaned_data["received_on"],
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:chequebook", args=[made.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/bank/chequebooks.html",
        {
            "rows": books(request.viewer)[:SHOWN],
            "form": form if request.viewer.may("finance.manage_chequebooks") else None,
            "banks": bank_accounts(request.viewer),
        },
        status=form.status,
    )


@page(permission="finance.read_cheques", module="finance")
@require_GET
def book_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One book: every leaf with its cheque, void, free or missing."""
    return _book(request, book_for(request.viewer, uid))


def _book(
    request: DeskRequest, book: ChequeBook, bound: DeskForm | None = None, move: str = ""
) -> HttpResponse:
    every = leaves(request.viewer, book)
    forms: dict[str, DeskForm] = {}
    if request.viewer.may("finance.manage_chequebooks"):
        forms = {"spoil": SpoiledForm(), "hand": HolderForm(initial={"holder": book.holder})}
    if bound is not None and move in forms:
        forms[move] = bound
    return render(
        request,
        "finance/bank/chequebook.html",
        {
            "book": book,
            "leaves": every,
            "used": sum(not one.is_free for one in every),
            "free": sum(one.is_free for one in every),
            "missing": [one for one in every if one.is_missing],
            "forms": forms,
        },
        status=bound.status if bound is not None else 200,
    )


@page(permission="finance.manage_chequebooks", module="finance")
@require_POST
def book_move(request: DeskRequest, uid: UUID, book_move: str) -> HttpResponse:
    """A leaf is spoiled, or the book goes into another hand."""
    book = book_for(request.viewer, uid)
    if book_move not in {"spoil", "hand"}:
        raise NotVisible()
    form: DeskForm = SpoiledForm(request.POST) if book_move == "spoil" else HolderForm(request.POST)
    try:
        with once_for(request, "finance.chequebook-move") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                if book_move == "spoil":
                    typed = form.cleaned_data
                    spoil_leaf(
                        book, number=typed["number"], reason=typed["reason"], by=request.viewer
                    )
                else:
                    hand_book(book, holder=form.cleaned_data["holder"], by=request.viewer)
                return once.redirect(reverse("finance:chequebook", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _book(request, book, form, book_move)


@page(permission="finance.manage_chequebooks", module="finance")
@require_http_methods(["GET", "POST"])
def layout_page(request: DeskRequest, bank_code: str) -> HttpResponse:
    """Where on this bank's cheque each thing is printed."""
    account = account_for(request.viewer, bank_code)
    form = ChequeLayoutForm(
        request.POST or None, initial=LAYOUT | account.at_bank.get("cheque", {})
    )
    if request.method == "POST" and form.is_valid():
        set_cheque_layout(account, dict(form.cleaned_data), by=request.viewer)
        return HttpResponse(status=303, headers={"Location": reverse("finance:chequebooks")})
    return render(
        request,
        "finance/bank/cheque_layout.html",
        {"form": form, "account": account},
        status=form.status,
    )


@page(permission="finance.pay_out", module="finance")
@require_GET
def leaf_paper(request: DeskRequest, uid: UUID) -> HttpResponse:
    """What is printed on the leaf of a cheque of ours, while it is in the house."""
    cheque = cheque_for(request.viewer, uid)
    if cheque.is_received or cheque.state != ChequeState.ISSUED:
        raise ChequeMoveNotAllowed(number=cheque.number, state=ChequeState(cheque.state).label)
    return HttpResponse(cheque_leaf(cheque), content_type="application/pdf")
