from django.urls import path

from frontend.people import views

app_name = "people"
urlpatterns = [
    path("people/", views.people, name="list"),
    path("people/new", views.person_new, name="new"),
    path("people/new/<str:kind>", views.person_new, name="new"),
    path("people/similar", views.similar, name="similar"),
    path("people/<uuid:uid>", views.person, name="person"),
    path("people/<uuid:uid>/edit", views.person_edit, name="edit"),
    path("people/<uuid:uid>/merge", views.person_merge, name="merge"),
]
