from django.apps import AppConfig


class PortabilityConfig(AppConfig):
    name = "tenants.portability"
    label = "portability"
