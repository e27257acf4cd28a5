from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class IdentityConfig(AppConfig):
    name = "kernel.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Django would write `last_login` from a signal, outside any recorded change, and the
        # audit trigger would rightly refuse it. `services.note_sign_in` writes it instead.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
