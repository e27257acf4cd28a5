from django.urls import path

from frontend.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.jobs, name="list"),
    path("jobs/<uuid:uid>", views.job, name="job"),
]
