from django.apps import AppConfig


class ActivationConfig(AppConfig):
    name = "kernel.activation"
    label = "activation"
