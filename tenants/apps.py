from django.apps import AppConfig

from kernel.tenancy.signing import bind_signatures
from tenants.stamps import stamp_everything


class TenantsConfig(AppConfig):
    name = "tenants"
    label = "tenants"

    def ready(self) -> None:
        stamp_everything()
        bind_signatures()
