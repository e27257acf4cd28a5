from django.urls import path

from frontend.office import modules, views

app_name = "office"
urlpatterns = [
    path("", views.home, name="home"),
    path("modules", modules.modules, name="modules"),
    path("modules/<slug:code>", modules.switch_module, name="switch"),
]
