from django.urls import path

from frontend.account import views

app_name = "account"
urlpatterns = [
    path("me/", views.home, name="home"),
    path("me/face", views.face, name="face"),
    path("me/token", views.token, name="token"),
]
