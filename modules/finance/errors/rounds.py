"""Refusals when the neighbourhoods of collectors are shared out."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput


class RoundsNeedACollector(InvalidInput):
    code = "rounds_need_a_collector"
    sentence = _("Say whose box it is before you give it neighbourhoods.")
    field = "collector"


class ZoneTaken(Conflict):
    code = "zone_taken"
    sentence = _(
        "%(zone)s is on the rounds of “%(box)s” already. Take it from there first: each neighbourhood has one collector."
    )
    field = "zones"
