from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "modules.archive"
    label = "archive"
