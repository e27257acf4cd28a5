"""Pages for anybody: the service guide, tracking, and the hall."""

from django.urls import path

from modules.frontdesk.pages import citizen, hall_public

app_name = "frontdesk-citizen"
urlpatterns = [
    path("", citizen.guide, name="guide"),
    path("services/<str:code>", citizen.service, name="service"),
    path("hall", hall_public.screen, name="screen"),
    path("hall/<uuid:uid>", hall_public.ticket, name="ticket"),
    path("rate", citizen.rate, name="rate"),
    path("track", citizen.track, name="track"),
]
