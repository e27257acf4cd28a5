"""Receipt books of collectors with their leaves, cash from box to box, and a box that changes hands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import Column, DateColumn, DeskTable, LinkColumn, list_page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.identity.models import User
from kernel.parties.selectors import ids_of, party_with_id_number
from modules.finance.closing_papers import handover_minutes
from modules.finance.constants import LeafState, Method
from modules.finance.forms.campaigns import (
    AccountForForm,
    AllotForm,
    BookForm,
    HandOverForm,
    HandToBoxForm,
    LeafForm,
)
from modules.finance.models import ReceiptBook
from modules.finance.selectors.books import base_currency
from modules.finance.selectors.cash import box_for, cash_in, drawers, expected_in, session_for
from modules.finance.selectors.custody import book_for, books, leaves_of, skipped
from modules.finance.services.handing_over import offer_session, take_over, withdraw_offer
from modules.finance.services.leaves import (
    WrittenLeaf,
    account_for,
    add_book,
    allot_book,
    enter_leaf,
    return_book,
)
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.sessions import hand_to_box


class BookTable(DeskTable):
    series = LinkColumn(
        accessor="series", verbose_name=_("Series"), code=True,
        url=lambda one: reverse("finance:receipt-book", args=[one.uid]),
    )  # fmt: skip
    first = Column(verbose_name=_("First leaf"))
    last = Column(verbose_name=_("Last leaf"))
    collector = Column(verbose_name=_("Collector"), orderable=False)
    allotted_on = DateColumn(verbose_name=_("Handed out on"))
    used = Column(verbose_name=_("Written out"))
    void = Column(verbose_name=_("Void"))
    missing = Column(verbose_name=_("Missing"))
    returned_on = DateColumn(verbose_name=_("Returned on"))

    empty_title = _("No receipt books yet")
    empty_text = _("Printed books are entered with their leaves, then handed to collectors.")


@page(permission="finance.read_receipts", module="finance")
@require_http_methods(["GET", "POST"])
def book_list(request: DeskRequest) -> HttpResponse:
    """Every receipt book with its leaves; entering a new one."""
    viewer = request.viewer
    form = BookForm(request.POST or None)
    try:
        if request.method == "POST":
            with once_for(request, "finance.receipt-book") as once:
                if once.replayed:
                    return once.redirect()
                viewer.require("finance.keep_books")
                if form.is_valid():
                    made = add_book(**form.cleaned_data, by=viewer)
                    return once.redirect(reverse("finance:receipt-book", args=[made.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    response: HttpResponse = list_page(
        request,
        table=BookTable,
        queryset=books(viewer),
        title=_("Receipt books"),
        template="finance/receipt_books.html",
        context={"form": form if viewer.may("finance.keep_books") else None},
    )
    if form.status != 200:
        response.status_code = form.status
    return response


@page(permission="finance.read_receipts", module="finance")
@require_GET
def book_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One book: its leaves, those that were skipped, and what can be done with it."""
    return _book(request, book_for(request.viewer, uid))


def _book(request: DeskRequest, book: ReceiptBook, **bound: Any) -> HttpResponse:
    viewer = request.viewer
    is_out = book.allotted_on is not None and book.returned_on is None
    keeps = viewer.may("finance.keep_books")
    forms: dict[str, Any] = {
        "allot_form": _allot_form(request) if keeps and book.allotted_on is None else None,
        "leaf_form": LeafForm(initial={"on_date": today(), "currency": base_currency(today())})
        if is_out and viewer.may("finance.receive")
        else None,
        "account_form": AccountForForm() if is_out and keeps else None,
        "return_open": is_out and keeps,
    }
    forms.update(bound)
    return render(
        request,
        "finance/receipt_book.html",
        {
            "book": book,
            "leaves": leaves_of(viewer, book),
            "skipped": list(skipped(book)),
            "is_out": is_out,
            **forms,
        },
        status=max([200, *(one.status for one in bound.values())]),
    )


def _allot_form(request: DeskRequest, data: Any = None) -> AllotForm:
    people = User.objects.filter(is_active=True).order_by("name_ar")
    return AllotForm(data, people=people, boxes=drawers(request.viewer))


@page(permission="finance.keep_books", module="finance")
@require_POST
def book_allot(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Hand the book to a collector."""
    book = book_for(request.viewer, uid)
    form = _allot_form(request, request.POST)
    try:
        with once_for(request, "finance.book-allot") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                allot_book(book, **form.cleaned_data, by=request.viewer)
                return once.redirect(reverse("finance:receipt-book", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _book(request, book, allot_form=form)


@page(permission="finance.receive", module="finance")
@require_POST
def book_leaf(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Enter a leaf that was written out in the street: its receipt."""
    book = book_for(request.viewer, uid)
    form = LeafForm(request.POST)
    try:
        with once_for(request, "finance.leaf") as once:
            if once.replayed:
                return once.redirect()
            leaf = _leaf(request, form) if form.is_valid() else None
            if leaf is not None:
                receipt = enter_leaf(book, leaf, by=request.viewer)
                return once.redirect(reverse("finance:receipt", args=[receipt.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _book(request, book, leaf_form=form)


def _leaf(request: DeskRequest, form: LeafForm) -> WrittenLeaf | None:
    typed = form.cleaned_data
    person = party_with_id_number(request.viewer, typed["person"])
    if person is None:
        form.refuse_person()
        return None
    payment = Payment(
        party_id=person.pk,
        payer_name=typed["payer_name"] or person.full_name,
        tenders=(Tender(method=Method.CASH, amount=typed["money"]),),
        family_ids=tuple(ids_of(person.pk)),
        keep_surplus=typed["keep_surplus"],
    )
    return WrittenLeaf(number=typed["leaf"], on_date=typed["on_date"], payment=payment)


@page(permission="finance.keep_books", module="finance")
@require_POST
def book_account(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Leaves that came back void, or are missing."""
    book = book_for(request.viewer, uid)
    form = AccountForForm(request.POST)
    try:
        with once_for(request, "finance.leaves") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                state = LeafState(form.cleaned_data["state"])
                note = form.cleaned_data["note"]
                account_for(book, form.numbers(), state=state, note=note, by=request.viewer)
                return once.redirect(reverse("finance:receipt-book", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _book(request, book, account_form=form)


@page(permission="finance.keep_books", module="finance")
@require_POST
def book_return(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The book comes back."""
    return_book(book_for(request.viewer, uid), by=request.viewer)
    return redirect("finance:receipt-book", uid=uid)


@page(permission="finance.remit", module="finance")
@require_http_methods(["GET", "POST"])
def box_hand_on(request: DeskRequest, uid: UUID) -> HttpResponse:
    """A collector's cash handed over at another box."""
    box = box_for(request.viewer, uid)
    form = HandToBoxForm(request.POST or None, boxes=drawers(request.viewer).exclude(pk=box.pk))
    try:
        if request.method == "POST":
            with once_for(request, "finance.hand-on") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    typed = form.cleaned_data
                    entry = hand_to_box(
                        box,
                        typed["other"],
                        amount=typed["amount"],
                        slip=typed["slip"],
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:entry", args=[entry.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/remit.html",
        {
            "form": form,
            "box": box,
            "held": sorted(cash_in(box).items()),
            "title": _("Cash to another box"),
        },
        status=form.status,
    )


@page(permission="finance.receive", module="finance")
@require_http_methods(["GET", "POST"])
def session_hand_over(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Count and name the colleague who takes the box over."""
    session = session_for(request.viewer, uid)
    if not session.is_open or session.handover:
        return redirect("finance:session", uid=uid)
    people = User.objects.filter(is_active=True).exclude(pk=request.viewer.user_id or 0)
    form = HandOverForm(
        request.POST or None, holdings=expected_in(session), people=people.order_by("name_ar")
    )
    try:
        if request.method == "POST" and form.is_valid():
            offer_session(
                session,
                counts=form.counts(),
                to=form.cleaned_data["to"],
                note=form.cleaned_data["note"],
                by=request.viewer,
            )
            return redirect("finance:session", uid=uid)
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/session_close.html",
        {"form": form, "session": session, "hands_over": True},
        status=form.status,
    )


@page(permission="finance.receive", module="finance")
@require_POST
def session_withdraw(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Take the hand-over back; receiving goes on."""
    withdraw_offer(session_for(request.viewer, uid), by=request.viewer)
    return redirect("finance:session", uid=uid)


@page(permission="finance.receive", module="finance")
@require_POST
def session_take_over(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Accept the count and sit down at the box."""
    with once_for(request, "finance.take-over") as once:
        if once.replayed:
            return once.redirect()
        mine = take_over(offered_session(request, uid), by=request.viewer)
        return once.redirect(reverse("finance:session", args=[mine.uid]))


def offered_session(request: DeskRequest, uid: UUID) -> Any:
    """The session that is handed to the viewer, which is not among the own ones yet."""
    return session_for(request.viewer, uid, offered=True)


@page(permission="finance.read_receipts", module="finance")
@require_GET
def session_minutes(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The minutes of the hand-over, for both signatures."""
    session = session_for(request.viewer, uid)
    return HttpResponse(handover_minutes(session), content_type="application/pdf")
