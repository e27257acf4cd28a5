"""Rules of a service: conditions and formulas in CEL, the Common Expression Language.

The one door to the language: everything else of the front desk writes `read_rule`, `holds` and `amount_of`, and
never learns which engine stands behind. What cannot be judged is None, "a person decides": never True, never False.
"""

from modules.frontdesk.rules.judging import Undecided, amount_of, holds
from modules.frontdesk.rules.reaching import can_hold
from modules.frontdesk.rules.reading import Kind, Rule, RuleFault, read_rule
from modules.frontdesk.rules.telling import as_lists

__all__ = [
    "Kind",
    "Rule",
    "RuleFault",
    "Undecided",
    "amount_of",
    "as_lists",
    "can_hold",
    "holds",
    "read_rule",
]
