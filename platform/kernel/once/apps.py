from django.apps import AppConfig


class OnceConfig(AppConfig):
    name = "kernel.once"
    label = "once"
