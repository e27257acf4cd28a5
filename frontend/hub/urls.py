from django.urls import path

from frontend.hub import views

app_name = "hub"
urlpatterns = [
    path("fleet", views.fleet_list, name="fleet"),
    path("fleet/new", views.municipality_new, name="new"),
    path("fleet/<slug:schema>/<str:verb>", views.municipality_stage, name="stage"),
    path("programme", views.programme, name="programme"),
]
