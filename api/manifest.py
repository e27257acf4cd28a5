"""What the edge declares: the right to keep integrators' keys."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import Module, Permission

MODULE = Module(
    code="api",
    title=_("Interfaces"),
    optional=False,
    house="both",
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
