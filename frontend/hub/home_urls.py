"""The first page of the hub answers to the same name as a municipality's, so that shared templates find it."""

from django.urls import path

from frontend.hub import views

app_name = "home"
urlpatterns = [path("", views.home, name="home")]
