from django.urls import path

from frontend.hub import fleet, making, releasing, views

app_name = "hub"
urlpatterns = [
    path("fleet", fleet.fleet_list, name="fleet"),
    path("fleet/new", making.choose, name="new"),
    path("fleet/new/<int:place>", making.describe, name="describe"),
    path("fleet/<slug:schema>", fleet.municipality, name="town"),
    path("fleet/<slug:schema>/delete", fleet.municipality_delete, name="delete"),
    path("fleet/<slug:schema>/copies/backup", fleet.copy_ask, {"what": "backup"}, name="backup"),
    path("fleet/<slug:schema>/copies/proof", fleet.copy_ask, {"what": "proof"}, name="proof"),
    path("fleet/<slug:schema>/visit", fleet.visit_ask, name="visit"),
    path("fleet/<slug:schema>/visit/<int:number>", fleet.visit_enter, name="enter"),
    path("fleet/<slug:schema>/<slug:verb>", fleet.municipality_stage, name="stage"),
    path("release", releasing.console, name="release"),
    path("release/plan", releasing.plan, name="plan"),
    path("programme", views.programme, name="programme"),
]
