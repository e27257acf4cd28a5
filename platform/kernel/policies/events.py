from dataclasses import dataclass
from datetime import date

from kernel.events.declaring import event


@event("policies.PolicyChanged")
@dataclass(frozen=True)
class PolicyChanged:
    """A value was adopted, ended, withdrawn or suspended; it takes effect on `from_day`."""

    key: str
    scope: str
    from_day: date


@event("policies.DecisionOverridden")
@dataclass(frozen=True)
class DecisionOverridden:
    """A case may pass against a decision until `expires_on`."""

    override_uid: str
    point: str
    subject: str
    expires_on: date
