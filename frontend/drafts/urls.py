from django.urls import path

from frontend.drafts import views

app_name = "drafts"
urlpatterns = [path("drafts/<path:key>", views.draft, name="draft")]
