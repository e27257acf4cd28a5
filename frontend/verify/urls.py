from django.urls import path

from frontend.verify import views

app_name = "verify"
urlpatterns = [
    path("v/", views.ask, name="ask"),
    path("v/<str:code>", views.document, name="document"),
]
