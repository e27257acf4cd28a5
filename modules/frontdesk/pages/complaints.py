"""What follows a request: merge of doubles, the objection to a decision, the refund of what was paid in vain."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from frontend.dates import short_form
from frontend.forms import DeskForm, TextField
from frontend.forms.widgets import CodeInput
from frontend.pages import DeskRequest, page
from kernel.errors import Refusal
from modules.frontdesk.forms import ReasonForm
from modules.frontdesk.pages.requests import act_page
from modules.frontdesk.selectors.numbers import meant_numbers
from modules.frontdesk.selectors.objecting import objection_ends
from modules.frontdesk.selectors.requests import request_by_number, request_for
from modules.frontdesk.services import ask_refund, merge_complaints, object_to


class MergeForm(DeskForm):
    number = forms.CharField(
        label=gettext_lazy("Number of the one that stays"), max_length=40, widget=CodeInput()
    )
    reason = TextField(label=gettext_lazy("Reason"), rows=2, max_length=500)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.lead", module="frontdesk")
def merge(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Close it as the double of another."""
    found = request_for(request.viewer, uid)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["number"]
        try:
            kept = request_by_number(request.viewer, next(iter(meant_numbers(typed)), typed))
            merge_complaints(
                uid, into=kept.uid, reason=form.cleaned_data["reason"], by=request.viewer
            )
            messages.success(request, _("Merged."))
            return redirect("frontdesk:request", uid=kept.uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return act_page(request, found, form, title=_("Merge with another request"), submit=_("Merge"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.open", module="frontdesk")
def objection(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Open the citizen's objection to the decision."""
    found = request_for(request.viewer, uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = object_to(uid, reason=form.cleaned_data["reason"], by=request.viewer)
            return redirect("frontdesk:draft", uid=made.uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    until = objection_ends(found)
    return act_page(
        request,
        found,
        form,
        title=_("Objection to the decision"),
        submit=_("Open the objection"),
        told=_("An objection is accepted until %(day)s, that day included.")
        % {"day": short_form(until)}
        if until
        else "",
    )


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
def refund(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Open the request by which what was paid is returned."""
    try:
        made = ask_refund(uid, by=request.viewer)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("frontdesk:request", uid=uid)
    return redirect("frontdesk:draft", uid=made.uid)
