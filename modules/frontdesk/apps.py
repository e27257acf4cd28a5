from django.apps import AppConfig


class FrontdeskConfig(AppConfig):
    name = "modules.frontdesk"
    label = "frontdesk"
    default_auto_field = "django.db.models.BigAutoField"
