from django.urls import path

from frontend.support import views

app_name = "support"
urlpatterns = [
    path("settings/support", views.visits_here, name="list"),
    path("settings/support/<int:number>/<slug:verb>", views.answer, name="answer"),
    path("support/enter/<str:ticket>", views.come_in, name="enter"),
]
