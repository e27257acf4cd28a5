"""Whatever becomes otherwise in one municipality is seen, however many are asked about at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import psycopg
import pytest

from kernel.tenancy import TEMPLATE
from tenants import states
from tenants.owner import owner
from tenants.states import catalogues

MANY = (TEMPLATE, "khanyounis", "nablus", "hub")


@pytest.fixture
def said(town: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """The owner's connection, by which the question is asked too; nothing said on it stays."""
    del town
    with owner() as line, line.transaction(force_rollback=True):
        monkeypatch.setattr(states, "owner", lambda: nullcontext(line))
        yield line


@pytest.mark.parametrize("asked", [2, len(MANY)], ids=["few", "many"])
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE nablus.jobs_job ADD COLUMN stray text",
        "ALTER TABLE nablus.jobs_job ALTER COLUMN status TYPE varchar(77)",
        "ALTER TABLE nablus.jobs_job ALTER COLUMN status SET DEFAULT 'other'",
        "ALTER TABLE nablus.jobs_job ALTER COLUMN status DROP NOT NULL",
        "CREATE INDEX stray ON nablus.jobs_job (status)",
        "ALTER TABLE nablus.jobs_job ADD CONSTRAINT stray CHECK (status <> 'no')",
        "ALTER TABLE nablus.jobs_job ADD CONSTRAINT stray CHECK (status <> 'no') NOT VALID",
        "ALTER TABLE nablus.frontdesk_request DISABLE TRIGGER USER",
        "CREATE FUNCTION nablus.stray() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP TABLE nablus.jobs_pulse CASCADE",
    ],
)
def test_what_became_otherwise_gives_another_mark(
    said: psycopg.Connection, change: str, asked: int
) -> None:
    schemas = (TEMPLATE, "nablus", *(one for one in MANY if one not in (TEMPLATE, "nablus")))[
        :asked
    ]
    before = catalogues(schemas)
    said.execute(change.encode())
    after = catalogues(schemas)
    assert before["nablus"] == before[TEMPLATE]
    assert after["nablus"] != after[TEMPLATE]
    assert {**after, "nablus": ""} == {**before, "nablus": ""}


def test_what_lies_otherwise_and_means_the_same_gives_the_same_mark(
    said: psycopg.Connection,
) -> None:
    """A column that came and went leaves a gap in the numbers of those that come later."""
    said.execute(
        b"ALTER TABLE nablus.jobs_job ADD COLUMN stray text; ALTER TABLE nablus.jobs_job DROP COLUMN stray;"
        b"ALTER TABLE nablus.jobs_job ADD COLUMN later int; ALTER TABLE khanyounis.jobs_job ADD COLUMN later int"
    )
    marks = catalogues(MANY)
    assert marks["nablus"] == marks["khanyounis"] != marks[TEMPLATE]


def test_who_is_not_there_has_no_mark(said: psycopg.Connection) -> None:
    del said
    assert set(catalogues(["nablus", "nowhere"])) == {"nablus"}
    assert set(catalogues([*MANY, "nowhere"])) == set(MANY)
    assert catalogues([]) == {}
