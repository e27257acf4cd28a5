from django.apps import AppConfig

from kernel import registry


class ConfigApp(AppConfig):
    name = "config"
    label = "config"

    def ready(self) -> None:
        registry.modules()  # a manifest that cannot be right stops the start, with a sentence
