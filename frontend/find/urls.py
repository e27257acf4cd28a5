from django.urls import path

from frontend.find import views

app_name = "find"
urlpatterns = [
    path("find", views.find, name="find"),
    path("find/palette", views.palette, name="palette"),
    path("find/party", views.party, name="party"),
]
