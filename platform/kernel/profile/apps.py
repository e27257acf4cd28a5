from django.apps import AppConfig

from kernel.identity.town import set_town_name
from kernel.terms import set_dialect_provider


class ProfileConfig(AppConfig):
    name = "kernel.profile"
    label = "profile"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Lower rooms ask for the name and the dialect; the profile, standing above them, answers.
        from kernel.profile.selectors import dialect, town_name  # noqa: PLC0415  models need ready apps

        set_dialect_provider(dialect)
        set_town_name(town_name)
