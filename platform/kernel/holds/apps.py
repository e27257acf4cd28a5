from django.apps import AppConfig


class HoldsConfig(AppConfig):
    name = "kernel.holds"
    label = "holds"
