from django.urls import path

from frontend.files import views

app_name = "files"
urlpatterns = [
    path("files/<uuid:uid>", views.stored, name="file"),
    path("files/<uuid:uid>/thumb", views.thumb, name="thumb"),
    path("files/<uuid:uid>/preview", views.preview, name="preview"),
    path("emblem", views.emblem, name="emblem"),
]
