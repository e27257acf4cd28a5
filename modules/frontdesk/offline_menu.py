"""Where the offline desk stands in the menu."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import MenuItem

OFFLINE_MENU = (
    MenuItem(
        code="frontdesk-offline",
        title=_("Offline desk"),
        url_name="frontdesk:offline",
        icon="plug-connected-x",
        permission="frontdesk.open",
        group="work",
        order=25,
    ),
    MenuItem(
        code="frontdesk-offline-blocks",
        title=_("Taken without a line"),
        url_name="frontdesk:offline-blocks",
        icon="cloud-off",
        permission="frontdesk.see_all",
        group="work",
        order=48,
    ),
)
