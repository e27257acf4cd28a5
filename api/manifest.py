"""What the edge declares: the right to keep integrators' keys, and the readers and senders of webhooks."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import Module, Permission, PortProvision, Schedule

MODULE = Module(
    code="api",
    title=_("Interfaces"),
    optional=False,
    house="both",
    ports=(
        PortProvision(port="kernel.ports.keys.KeyPort", provider="api.ports.Keys"),
        PortProvision(
            port="kernel.ports.webhooks.WebhookPort", provider="api.webhooks.port.Webhooks"
        ),
    ),
    outbox_readers=("api.webhooks.planning.plan",),
    schedules=(Schedule(task="webhooks.sweep", every_seconds=60),),
    permissions=(
        Permission(
            code="api.manage_clients",
            title=_("Keep integrators' keys"),
            sentence=_(
                "May issue and withdraw the keys with which other programmes use the municipality's interface, and keep their webhooks."
            ),
        ),
    ),
)
