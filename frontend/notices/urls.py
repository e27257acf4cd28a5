from django.urls import path

from frontend.notices import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.notices, name="list"),
    path("notifications/pulse", views.pulse, name="pulse"),
    path("notifications/read", views.read_all, name="read-all"),
    path("notifications/<uuid:uid>", views.open_one, name="open"),
]
