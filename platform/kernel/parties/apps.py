from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "kernel.parties"
    label = "parties"
