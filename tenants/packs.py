"""Policy packs: answers of the manual with which a new municipality may begin instead of the product's own.

A pack gives values for keys of modules that are on; each is an ordinary dated value, which the municipality amends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel import registry
from kernel.activation.services import active_codes
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.manifest import Text
from kernel.policies.services import set_value
from kernel.viewer import Viewer


class NoSuchPack(Refusal):
    code = "no_such_pack"
    sentence = _("There is no policy pack called “%(pack)s”.")
    field = "pack"


@dataclass(frozen=True)
class Pack:
    code: str
    title: Text
    values: Mapping[str, Any]


PACKS = (
    Pack("proposed", _("The values that the product proposes"), MappingProxyType({})),
    Pack(
        "careful",
        _("Careful: no complaints without a name, and no service while anything is due"),
        MappingProxyType(
            {
                "FRD-04.threshold": "0 ILS",
                "FRD-04.plan_in_good_standing_passes": False,
                "FRD-07.anonymous_allowed": False,
            }
        ),
    ),
)


def pack(code: str) -> Pack:
    """The pack of that name. Refuses `NoSuchPack`."""
    for one in PACKS:
        if one.code == code:
            return one
    raise NoSuchPack(pack=code)


def adopt_pack(code: str, *, by: Viewer) -> int:
    """Enter the values of a pack in the active municipality, from today. Returns how many."""
    owners = {key.code: module.code for module in registry.modules() for key in module.policy_keys}
    active, on = active_codes(), today()
    wanted = {key: value for key, value in pack(code).values.items() if owners.get(key) in active}
    for key, value in wanted.items():
        set_value(key, value, starts_on=on, reason=f"policy pack {code}", by=by)
    return len(wanted)
