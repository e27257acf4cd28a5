"""The municipality itself: its profile, its holidays, the values of its policies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.forms import once_for
from frontend.office.forms import HolidayForm, PolicyForm, ProfileForm
from frontend.pages import DeskRequest, page
from kernel import registry
from kernel.calendar.selectors import holidays, today
from kernel.calendar.services import declare_holiday, withdraw_holiday
from kernel.errors import NotVisible, Refusal
from kernel.files.kinds import JPEG, PNG
from kernel.files.services import store_file
from kernel.policies.selectors import policy_lines, values_of
from kernel.policies.services import end_value, set_value, withdraw_value
from kernel.profile.selectors import profile_to_change
from kernel.profile.services import save_profile

MOST_EMBLEM_BYTES = 1024 * 1024


@page(permission="profile.manage")
def profile(request: DeskRequest) -> HttpResponse:
    current = profile_to_change()
    form = ProfileForm(
        request.POST or None, request.FILES or None, initial=ProfileForm.typed_of(current)
    )
    if request.method == "POST" and form.is_valid():
        try:
            changes = form.changes()
            picture = form.cleaned_data["emblem_file"]
            if picture:
                kept = store_file(
                    picture,
                    picture.name,
                    request.viewer,
                    kinds=(PNG, JPEG),
                    most_bytes=MOST_EMBLEM_BYTES,
                )
                changes["emblem"] = kept.uid
            sent = request.POST.get("version", "")
            save_profile(
                by=request.viewer,
                version=int(sent) if sent.isdecimal() and len(sent) < 10 else None,
                **changes,
            )
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The profile was saved."))
            return redirect("office:profile")
    context = {"form": form, "version": request.POST.get("version", current.version)}
    return render(request, "frontend/office/profile.html", context, status=form.status)


@page(permission="calendar.manage")
def calendar(request: DeskRequest) -> HttpResponse:
    asked = request.GET.get("year", "")
    year = (
        int(asked)
        if asked.isdecimal() and len(asked) == 4 and 2000 <= int(asked) <= 2100
        else today().year
    )
    form = HolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = dict(form.cleaned_data)
        try:
            with once_for(request, "office.holiday") as once:
                if once.replayed:
                    return once.redirect()
                declare_holiday(by=request.viewer, **given)
                return once.redirect(f"{request.path}?year={given['first_day'].year}")
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "year": year, "holidays": list(holidays(request.viewer, year=year))}
    return render(request, "frontend/office/holidays.html", context, status=form.status)


@require_POST
@page(permission="calendar.manage")
def holiday_withdraw(request: DeskRequest, uid: UUID) -> HttpResponse:
    withdraw_holiday(uid, reason=request.POST.get("reason", ""), by=request.viewer)
    return redirect("office:holidays")


@page(permission="policies.set")
def policies(request: DeskRequest) -> HttpResponse:
    lines = policy_lines(request.viewer, on=today())
    owners = {one.code: module.title for module in registry.modules() for one in module.policy_keys}
    by_module: dict[str, list[Any]] = {}
    for line in lines:
        by_module.setdefault(str(owners.get(line.key.code, "")), []).append(line)
    return render(request, "frontend/office/policies.html", {"groups": by_module.items()})


@page(permission="policies.set")
def policy(request: DeskRequest, code: str) -> HttpResponse:
    """One key: what it asks, all its values with their dates, and a form for the next."""
    key = registry.policy_keys().get(code)
    if key is None:
        raise NotVisible()
    form = PolicyForm(request.POST or None, key=key, initial={"starts_on": today()})
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = dict(form.cleaned_data)
        try:
            with once_for(request, f"office.policy.{code}") as once:
                if once.replayed:
                    return once.redirect()
                set_value(code, given.pop("value"), by=request.viewer, **given)
                return once.redirect(request.path)
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "form": form,
        "key": key,
        "values": list(values_of(request.viewer, code)),
        "line": next(
            (one for one in policy_lines(request.viewer, on=today()) if one.key.code == code), None
        ),
        "today": today(),
    }
    return render(request, "frontend/office/policy.html", context, status=form.status)


@require_POST
@page(permission="policies.set")
def policy_end(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Take back a value that has not started; let one that has end today."""
    reason = request.POST.get("reason", "")
    if request.POST.get("verb") == "withdraw":
        ended = withdraw_value(uid, reason=reason, by=request.viewer)
    else:
        ended = end_value(uid, ends_on=today(), reason=reason, by=request.viewer)
    return redirect("office:policy", code=ended.key)
