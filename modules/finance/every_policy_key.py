"""All policy keys of finance, as the manifest names them."""

from modules.finance.credit_policy_keys import CREDIT_POLICY_KEYS
from modules.finance.desk_policy_keys import DESK_POLICY_KEYS
from modules.finance.online_policy_keys import ONLINE_POLICY_KEYS
from modules.finance.policy_keys import POLICY_KEYS
from modules.finance.relief_policy_keys import RELIEF_POLICY_KEYS
from modules.finance.spending_policy_keys import SPENDING_POLICY_KEYS

EVERY_POLICY_KEY = (
    *POLICY_KEYS,
    *DESK_POLICY_KEYS,
    *ONLINE_POLICY_KEYS,
    *CREDIT_POLICY_KEYS,
    *SPENDING_POLICY_KEYS,
    *RELIEF_POLICY_KEYS,
)
