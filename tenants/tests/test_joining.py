"""The text of a release in fewer statements makes the same schema; what is not understood stays as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from kernel.tenancy import TEMPLATE, as_owner, use_shared
from tenants import release as releases
from tenants.joining import join
from tenants.owner import owner
from tenants.release import PLACE, current_release, dump_schema
from tenants.states import applied_in, catalogues, differences

PLAIN, JOINED = "test_plain_text", "test_joined_text"


@pytest.fixture
def _swept(transactional_db: None) -> Iterator[None]:
    yield
    with owner() as said:
        for schema in (PLAIN, JOINED):
            said.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


@pytest.mark.usefixtures("_swept")
def test_the_joined_text_makes_what_pg_dump_says(monkeypatch: pytest.MonkeyPatch) -> None:
    with as_owner(), use_shared():
        applied = applied_in(TEMPLATE)
        with monkeypatch.context() as plainly:
            plainly.setattr(releases, "join", lambda text: text)
            plain = dump_schema(TEMPLATE, applied)
        joined = dump_schema(TEMPLATE, applied)
        for schema, made in ((PLAIN, plain), (JOINED, joined)):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"CREATE SCHEMA {schema}")
                cursor.execute(made.ddl.replace(PLACE, schema))
                cursor.execute(made.rows.replace(PLACE, schema))
    assert plain.ddl.count("ALTER TABLE") > 400 > 10 > joined.ddl.count("ALTER TABLE")
    assert (plain.tables, plain.indexes) == (joined.tables, joined.indexes)
    with owner() as said:
        assert differences(PLAIN, JOINED, of=said) == []
    found = catalogues([TEMPLATE, PLAIN, JOINED])
    assert len(set(found.values())) == 1


@pytest.mark.usefixtures("town")
def test_every_table_stands_behind_those_it_refers_to() -> None:
    with use_shared():
        text = current_release().ddl
    made: set[str] = set()
    for statement in text.split(";\n"):
        if statement.startswith("CREATE TABLE "):
            name = statement.split()[2]
            for line in statement.splitlines():
                if " REFERENCES " in line:
                    assert line.split(" REFERENCES ")[1].split("(")[0] in {*made, name}
            made.add(name)
    assert len(made) > 90


def test_keys_that_go_round_come_at_the_end() -> None:
    said = join(
        "CREATE TABLE a.hen (\n    id bigint NOT NULL,\n    egg_id bigint\n);\n"
        "CREATE TABLE a.egg (\n    id bigint NOT NULL,\n    hen_id bigint\n);\n"
        "ALTER TABLE ONLY a.egg\n    ADD CONSTRAINT egg_pkey PRIMARY KEY (id);\n"
        "ALTER TABLE ONLY a.hen\n    ADD CONSTRAINT hen_pkey PRIMARY KEY (id);\n"
        "ALTER TABLE ONLY a.egg\n    ADD CONSTRAINT egg_hen FOREIGN KEY (hen_id) REFERENCES a.hen(id);\n"
        "ALTER TABLE ONLY a.hen\n    ADD CONSTRAINT hen_egg FOREIGN KEY (egg_id) REFERENCES a.egg(id);\n"
    )
    assert said == (
        "CREATE TABLE a.egg (\n    id bigint NOT NULL,\n    hen_id bigint,\n"
        "    CONSTRAINT egg_pkey PRIMARY KEY (id)\n);\n"
        "CREATE TABLE a.hen (\n    id bigint NOT NULL,\n    egg_id bigint,\n"
        "    CONSTRAINT hen_pkey PRIMARY KEY (id),\n"
        "    CONSTRAINT hen_egg FOREIGN KEY (egg_id) REFERENCES a.egg(id)\n);\n"
        "ALTER TABLE ONLY a.egg\n    ADD CONSTRAINT egg_hen FOREIGN KEY (hen_id) REFERENCES a.hen(id);\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE a.log (\n    id bigint NOT NULL\n)\nPARTITION BY RANGE (id);\n"
        "ALTER TABLE ONLY a.log\n    ADD CONSTRAINT log_pkey PRIMARY KEY (id);\n",
        "CREATE TABLE a.log (\n    id bigint NOT NULL\n);\nALTER TABLE ONLY a.log REPLICA IDENTITY FULL;\n",
        "CREATE FUNCTION a.f() RETURNS text AS $$ SELECT 'x;\n' $$ LANGUAGE sql;\n",
        "CREATE TABLE a.word (\n    said text DEFAULT 'one,\n two;\n'\n);\n",
        "CREATE TABLE a.late (\n    id bigint NOT NULL\n);\nCREATE UNIQUE INDEX x ON a.other USING btree (code);\n"
        "ALTER TABLE ONLY a.late\n    ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES a.other(code);\n",
    ],
)
def test_what_is_not_understood_stays_as_it_was(text: str) -> None:
    assert join(text) == text
