from django.apps import AppConfig


class PrintingConfig(AppConfig):
    name = "kernel.printing"
    label = "printing"
