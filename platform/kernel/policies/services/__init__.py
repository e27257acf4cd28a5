"""Writes of the policies room. Ask it by `kernel.policies.selectors.value`; everything else is private.

What must not live here: rules. A gate asks for values, judges, and records its decision.
"""

from kernel.policies.selectors import PolicyAnswer, explain, override_for, value
from kernel.policies.services.adopt_values import (
    end_value,
    set_value,
    suspend_policy,
    withdraw_value,
)
from kernel.policies.services.decide import decision_row, override_decision, record_decision
from kernel.policies.services.manual_titles import seed_manual

__all__ = [
    "PolicyAnswer",
    "decision_row",
    "end_value",
    "explain",
    "override_decision",
    "override_for",
    "record_decision",
    "seed_manual",
    "set_value",
    "suspend_policy",
    "value",
    "withdraw_value",
]
