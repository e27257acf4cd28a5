"""The people at work: accounts, seats, sections, roles, who stands in for whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.forms import once_for
from frontend.office.forms import (
    AbsenceForm,
    AccountForm,
    DelegationForm,
    RoleForm,
    SeatForm,
    SectionForm,
)
from frontend.office.reading import permissions_by_module, seats_by_user, section_rows
from frontend.pages import DeskRequest, page
from kernel import registry
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.identity.selectors import account_for, accounts, has_second_factor, sessions_of
from kernel.identity.services import (
    change_details,
    create_user,
    deactivate,
    end_session,
    invite,
    reactivate,
)
from kernel.organisation.selectors import (
    absence_for,
    absences,
    delegation_for,
    delegations,
    role_by_code,
    roles,
    seat_for,
    seats_of,
    sections,
)
from kernel.organisation.services import (
    assign,
    cancel_absence,
    change_role,
    create_section,
    declare_absence,
    define_role,
    delegate,
    end_assignment,
    revoke_delegation,
)
from kernel.viewer import Viewer


@page(permission="identity.manage")
def staff(request: DeskRequest) -> HttpResponse:
    text, closed = request.GET.get("q", "").strip(), request.GET.get("closed") == "1"
    found = list(accounts(request.viewer, text=text, closed=closed)[:200])
    held = seats_by_user([one.pk for one in found], on=today())
    rows = [{"user": one, "seats": held.get(one.pk, [])} for one in found]
    return render(
        request, "frontend/office/staff.html", {"rows": rows, "text": text, "closed": closed}
    )


@page(permission="identity.manage")
def account_new(request: DeskRequest) -> HttpResponse:
    """Open an account; the link for the first password is mailed, and shown once to be handed over."""
    form = AccountForm(request.POST or None, initial={"language": "ar"})
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "office.account") as once:
                if once.replayed:
                    return once.redirect()
                given: dict[str, Any] = dict(form.cleaned_data)
                user = create_user(given.pop("username"), by=request.viewer, **given)
                return once.redirect(reverse("office:account", args=[user.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "form": form,
        "title": _("New account"),
        "back": reverse("office:staff"),
        "place": _("Staff accounts"),
    }
    return render(request, "frontend/office/form.html", context, status=form.status)


@page(permission="identity.manage")
def account(request: DeskRequest, uid: UUID) -> HttpResponse:
    user = account_for(request.viewer, uid)
    form = SeatForm(request.POST or None, initial={"starts_on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, f"office.seat.{uid}") as once:
                if once.replayed:
                    return once.redirect()
                assign(user, by=request.viewer, **form.cleaned_data)
                return once.redirect(request.path)
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "account": user,
        "form": form,
        "seats": list(seats_of(user)),
        "sessions": sessions_of(request.viewer, user),
        "has_second_factor": has_second_factor(user),
    }
    return render(request, "frontend/office/account.html", context, status=form.status)


@page(permission="identity.manage")
def account_edit(request: DeskRequest, uid: UUID) -> HttpResponse:
    user = account_for(request.viewer, uid)
    names = ("name_ar", "name_en", "email", "phone", "language")
    form = AccountForm(request.POST or None, initial={name: getattr(user, name) for name in names})
    form.fields.pop("username")
    back = reverse("office:account", args=[user.uid])
    if request.method == "POST" and form.is_valid():
        try:
            change_details(user, by=request.viewer, **form.cleaned_data)
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return redirect(back)
    context = {"form": form, "title": user.full_name, "back": back, "place": _("Staff accounts")}
    return render(request, "frontend/office/form.html", context, status=form.status)


@require_POST
@page(permission="identity.manage")
def account_act(request: DeskRequest, uid: UUID, verb: str) -> HttpResponse:
    """Invite, close, open again, or end a session."""
    user = account_for(request.viewer, uid)
    reason = request.POST.get("reason", "")
    if verb == "invite":
        link = invite(user, by=request.viewer, base_url=request.build_absolute_uri("/"))
        return render(request, "frontend/office/invitation.html", {"account": user, "link": link})
    if verb == "close":
        deactivate(user, by=request.viewer, reason=reason)
        messages.success(request, _("The account is closed and its sessions are ended."))
    elif verb == "open":
        reactivate(user, by=request.viewer, reason=reason)
    elif verb == "session":
        end_session(user, session_key=request.POST.get("session", ""), by=request.viewer)
    return redirect("office:account", uid=uid)


@require_POST
@page(permission="organisation.manage")
def seat_end(request: DeskRequest, uid: UUID) -> HttpResponse:
    seat = seat_for(request.viewer, uid)
    end_assignment(seat, by=request.viewer, reason=request.POST.get("reason", ""))
    return redirect("office:account", uid=seat.user.uid)


@page(permission="organisation.manage")
def section_list(request: DeskRequest) -> HttpResponse:
    form = SectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "office.section") as once:
                if once.replayed:
                    return once.redirect()
                given: dict[str, Any] = dict(form.cleaned_data)
                create_section(given.pop("code"), by=request.viewer, **given)
                return once.redirect(request.path)
        except Refusal as refusal:
            form.add_refusal(refusal)
    rows = section_rows(sections(), on=today())
    return render(
        request, "frontend/office/sections.html", {"form": form, "rows": rows}, status=form.status
    )


@page(permission="organisation.manage")
def role_list(request: DeskRequest) -> HttpResponse:
    there = list(roles())
    news = any(one.brought_at for one in there)
    return render(request, "frontend/office/roles.html", {"roles": there, "news": news})


@page(permission="organisation.manage")
def role(request: DeskRequest, code: str = "") -> HttpResponse:
    """A role and its permissions, by module, each with the sentence that says what it allows."""
    found = role_by_code(code) if code else None
    typed = (
        {"name_ar": found.name_ar, "name_en": found.name_en, "permissions": found.permissions}
        if found
        else {}
    )
    form = RoleForm(request.POST or None, role=found, initial=typed)
    groups = permissions_by_module()
    shown = {one.code for _title, permissions in groups for one in permissions}
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, f"office.role.{code}") as once:
                if once.replayed:
                    return once.redirect()
                given: dict[str, Any] = dict(form.cleaned_data)
                if found:
                    # What belongs to a module that is off was not shown, and stays.
                    hidden = (set(found.permissions) & set(registry.permissions())) - shown
                    given["permissions"] += sorted(hidden)
                    change_role(found, by=request.viewer, **given)
                else:
                    define_role(given.pop("code"), by=request.viewer, **given)
                return once.redirect(reverse("office:roles"))
        except Refusal as refusal:
            form.add_refusal(refusal)
    chosen = set(
        request.POST.getlist("permissions")
        if request.method == "POST"
        else typed.get("permissions", ())
    )
    context = {"form": form, "role": found, "groups": groups, "chosen": chosen}
    return render(request, "frontend/office/role.html", context, status=form.status)


@page(permission="organisation.manage")
def standing_in(request: DeskRequest) -> HttpResponse:
    """Delegations and absences on one page: both answer the question who may act for whom."""
    staff = accounts(
        Viewer.system("office")
    )  # names only: who keeps the organisation must see everybody
    which = request.POST.get("which")
    lending = DelegationForm(request.POST if which == "delegation" else None, staff=staff)
    away = AbsenceForm(request.POST if which == "absence" else None, staff=staff)
    form = lending if which == "delegation" else away
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, f"office.{which}") as once:
                if once.replayed:
                    return once.redirect()
                given: dict[str, Any] = dict(form.cleaned_data)
                if which == "delegation":
                    delegate(by=request.viewer, **given)
                else:
                    declare_absence(given.pop("user"), by=request.viewer, **given)
                return once.redirect(request.path)
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "lending": lending,
        "away": away,
        "delegations": list(delegations(request.viewer)[:100]),
        "absences": list(absences(request.viewer)[:100]),
        "today": today(),
    }
    return render(request, "frontend/office/standing_in.html", context, status=form.status)


@require_POST
@page(permission="organisation.manage")
def standing_in_end(request: DeskRequest, kind: str, uid: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    if kind == "delegation":
        revoke_delegation(delegation_for(request.viewer, uid), by=request.viewer, reason=reason)
    else:
        cancel_absence(absence_for(request.viewer, uid), by=request.viewer, reason=reason)
    return redirect("office:delegations")
