from pathlib import Path

from kernel.manifest import PolicyKey
from kernel.policies.enforcement import faults

SERVICE = """
from kernel.policies.services import value

LIMIT = "shop.limit"


def sell(on):
    return value("shop.discount", on=on).value, value(LIMIT, on=on).value


class Till:
    def close(self, on):
        return policies.value("shop.undeclared", on=on)


def other(row):
    return row.value("shop.not_a_policy")
"""


def _key(code: str, *enforced_at: str) -> PolicyKey:
    return PolicyKey(code=code, kind="int", default=1, title=code, enforced_at=enforced_at)


def _shelf(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "services.py").write_text(SERVICE)
    return tmp_path


def test_a_key_that_bites_where_it_says_is_no_fault(tmp_path: Path) -> None:
    keys = [
        _key("shop.discount", "shop.services:sell"),
        _key("shop.limit", "shop.services.sell", "shop.services"),
        _key("shop.undeclared", "shop.services:Till.close"),
    ]
    assert faults(keys, [_shelf(tmp_path)]) == []


def test_dead_keys_false_points_and_undeclared_keys_are_named(tmp_path: Path) -> None:
    found = faults(
        [_key("shop.dead"), _key("shop.limit", "shop.services:Till")], [_shelf(tmp_path)]
    )
    assert sorted(found) == [
        "The key 'shop.dead' names no enforcement point.",
        "The key 'shop.limit' says it bites at shop.services:Till, which does not ask for it.",
        "shop.services.Till.close (line 13) asks for 'shop.undeclared', which no manifest declares.",
        "shop.services.sell (line 8) asks for 'shop.discount', which no manifest declares.",
    ]
