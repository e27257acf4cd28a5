"""What the edge declares: the right to keep integrators' keys."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import Module, Permission, PortProvision

MODULE = Module(
    code="api",
    title=_("Interfaces"),
    optional=False,
    house="both",
    ports=(PortProvision(port="kernel.ports.keys.KeyPort", provider="api.ports.Keys"),),
    permissions=(
        Permission(
            code="api.manage_clients",
            title=_("Keep integrators' keys"),
            sentence=_(
                "May issue and withdraw the keys with which other programmes use the municipality's interface."
            ),
        ),
    ),
)
