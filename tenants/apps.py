from django.apps import AppConfig
from django.utils.module_loading import import_string

from kernel import tasks
from kernel.tenancy.signing import bind_signatures
from tenants.stamps import stamp_everything


def _is_served(schema: str) -> bool:
    return bool(import_string("tenants.hosts.is_served")(schema))


class TenantsConfig(AppConfig):
    name = "tenants"
    label = "tenants"

    def ready(self) -> None:
        stamp_everything()
        bind_signatures()
        tasks.set_register(_is_served)
