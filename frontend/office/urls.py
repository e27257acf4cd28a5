from django.urls import path

from frontend.office import keys, modules, municipality, people, records, views

app_name = "office"
urlpatterns = [
    path("", views.home, name="home"),
    path("modules", modules.modules, name="modules"),
    path("modules/<slug:code>", modules.switch_module, name="switch"),
    path("profile", municipality.profile, name="profile"),
    path("holidays", municipality.calendar, name="holidays"),
    path("holidays/<uuid:uid>/withdraw", municipality.holiday_withdraw, name="holiday-withdraw"),
    path("policies", municipality.policies, name="policies"),
    path("policies/value/<uuid:uid>/end", municipality.policy_end, name="policy-end"),
    path("policies/<str:code>", municipality.policy, name="policy"),
    path("staff", people.staff, name="staff"),
    path("staff/new", people.account_new, name="account-new"),
    path("staff/<uuid:uid>", people.account, name="account"),
    path("staff/<uuid:uid>/edit", people.account_edit, name="account-edit"),
    path("staff/<uuid:uid>/<slug:verb>", people.account_act, name="account-act"),
    path("seats/<uuid:uid>/end", people.seat_end, name="seat-end"),
    path("sections", people.section_list, name="sections"),
    path("roles", people.role_list, name="roles"),
    path("roles/new", people.role, name="role-new"),
    path("roles/<slug:code>", people.role, name="role"),
    path("delegations", people.standing_in, name="delegations"),
    path("delegations/<slug:kind>/<uuid:uid>/end", people.standing_in_end, name="standing-in-end"),
    path("keys", keys.keys, name="keys"),
    path("keys/<uuid:uid>/withdraw", keys.key_withdraw, name="key-withdraw"),
    path("outbox", records.messages_sent, name="outbox"),
    path("outbox/<uuid:uid>/again", records.message_again, name="message-again"),
    path("audit", records.audit, name="audit"),
    path("numbers", records.numbers, name="numbers"),
]
