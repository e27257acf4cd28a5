"""No municipality, no query; a municipality, only its own tables."""

from __future__ import annotations

import contextvars
import threading
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, ProgrammingError, connection, transaction

from kernel.profile.models import Profile
from kernel.tenancy import NoTenant, current_schema, use, use_shared
from tenants.models import Municipality


def _search_path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return str(cursor.fetchone()[0])


def test_a_query_without_a_municipality_is_an_error(town: str) -> None:
    with pytest.raises(NoTenant):
        contextvars.Context().run(Profile.objects.count)


def test_a_new_thread_has_no_municipality(town: str) -> None:
    caught: list[BaseException] = []

    def work() -> None:
        try:
            Profile.objects.count()
        except BaseException as error:
            caught.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert isinstance(caught[0], NoTenant)


def test_public_is_never_in_a_municipalitys_path(town: str) -> None:
    assert _search_path() == "khanyounis, extensions"


def test_each_town_reads_its_own_profile(town: str, other_town: str) -> None:
    assert Profile.objects.get().name_ar == "خان يونس"
    with use(other_town):
        assert Profile.objects.get().name_ar == "نابلس"
    assert Profile.objects.get().name_ar == "خان يونس"


def test_a_raw_cursor_follows_at_once(town: str, other_town: str) -> None:
    with use(other_town), connection.connection.cursor() as raw:
        raw.execute("SHOW search_path")
        assert raw.fetchone()[0].startswith("nablus")


def test_a_missing_table_is_an_error_and_never_anothers_data(town: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tenants_municipality")


def test_a_missing_schema_shows_nothing(lasting_town: str) -> None:
    connection.close()
    with pytest.raises(OperationalError), use("ghost"):
        Profile.objects.count()


def test_a_rolled_back_savepoint_does_not_change_the_town(town: str, other_town: str) -> None:
    class Enough(Exception):
        pass

    def wander() -> None:
        with use(other_town), transaction.atomic():
            Profile.objects.count()
            raise Enough

    with pytest.raises(Enough):
        wander()
    assert current_schema() == "khanyounis"
    assert Profile.objects.get().name_ar == "خان يونس"


def test_the_register_is_read_by_its_full_name_from_anywhere(town: str) -> None:
    with use_shared():
        assert Municipality.objects.filter(schema_name="khanyounis").exists()


def test_cache_keys_belong_to_the_town(town: str, other_town: str) -> None:
    cache.set("dues", "ours", 5)
    with use(other_town):
        assert cache.get("dues") is None
    with pytest.raises(NoTenant):
        contextvars.Context().run(_read_cache)


def _read_cache() -> Any:
    return cache.get("dues")


def test_a_connection_that_broke_hides_no_error_when_a_municipality_is_left(
    lasting_town: str,
) -> None:
    """What went wrong inside is what is told, not that the way back could not be set on a dead connection."""
    Profile.objects.count()
    try:
        with pytest.raises(ZeroDivisionError), use("nablus"):
            Profile.objects.count()
            connection.connection.close()
            raise ZeroDivisionError
        assert current_schema() == lasting_town
    finally:
        connection.close()
    assert Profile.objects.count() == 1
