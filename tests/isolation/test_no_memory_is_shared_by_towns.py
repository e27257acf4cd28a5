"""Leak: something remembered by the process (a class, a module, a choice list) that was another town's."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from django.test import Client

from kernel.calendar.selectors import today, working_calendar
from kernel.identity.models import User
from kernel.profile.selectors import profile
from kernel.tenancy import use
from kernel.testing.database import TOWNS
from tests.isolation.conftest import NAMES

PAGES = ["/accounts/login/", "/", "/me/", "/people/", "/settings/"]


@pytest.mark.parametrize("seed", range(3))
def test_pages_in_random_order_of_towns_name_their_own_only(
    town: str, client_for: Callable[..., Client], seed: int
) -> None:
    clients = {}
    for schema in NAMES:
        with use(schema):
            clients[schema] = Client(HTTP_HOST=TOWNS[schema])
            clients[schema].force_login(User.objects.get(username="hadi"))
    chance = random.Random(seed)

    for _visit in range(20):
        schema = chance.choice(sorted(NAMES))
        other = next(name for one, name in NAMES.items() if one != schema)
        page = clients[schema].get(chance.choice(PAGES), follow=True).content.decode()
        assert NAMES[schema] in page
        assert f"بلدية {other}" not in page


@pytest.mark.parametrize("seed", range(3))
def test_what_the_kernel_remembers_is_each_towns_own(town: str, seed: int) -> None:
    chance = random.Random(seed)
    seen: dict[str, set[object]] = {schema: set() for schema in NAMES}
    for _look in range(30):
        schema = chance.choice(sorted(NAMES))
        with use(schema):
            seen[schema].add(
                (
                    profile().name_ar,
                    profile().timezone,
                    today(),
                    working_calendar().is_working(today()),
                )
            )

    for schema, found in seen.items():
        assert {row[0] for row in found} <= {NAMES[schema]}  # type: ignore[index]
        assert len(found) <= 1
