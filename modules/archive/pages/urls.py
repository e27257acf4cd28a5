from django.urls import path

from modules.archive.pages import records

app_name = "archive"

urlpatterns = [
    path("", records.record_list, name="list"),
    path("new", records.record_new, name="new"),
    path("take-over", records.records_take_over, name="take-over"),
    path("<uuid:uid>", records.record_page, name="record"),
]
