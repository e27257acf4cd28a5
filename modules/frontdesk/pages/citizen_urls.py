"""Pages for anybody: the service guide and tracking."""

from django.urls import path

from modules.frontdesk.pages import citizen

app_name = "frontdesk-citizen"
urlpatterns = [
    path("", citizen.guide, name="guide"),
    path("services/<str:code>", citizen.service, name="service"),
    path("rate", citizen.rate, name="rate"),
    path("track", citizen.track, name="track"),
]
