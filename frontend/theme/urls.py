from django.urls import path

from frontend.theme import views

app_name = "theme"
urlpatterns = [path("theme/colours.css", views.colours, name="colours")]
