"""Where each municipality stands: by its applied migrations, and by what is really in its schema."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from kernel.tenancy import as_owner, use_shared
from tenants.owner import owner

# Municipalities whose definitions are spelled out at once: what is sorted stays in memory.
BATCH: Final = 20
FEW: Final = 3

# What is in a schema, one line for each column, index, constraint, trigger and function. The name of the schema is
# taken out, so that the same tables in two municipalities give the same lines.
_FACTS = """
SELECT n.nspname AS town, 'column' AS kind, c.relname || '.' || a.attname AS name,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                 nullif(a.attidentity, ''), nullif(a.attgenerated, ''),
                 replace(pg_get_expr(d.adbin, d.adrelid), quote_ident(n.nspname) || '.', '')) AS says
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm')
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE n.nspname = ANY(%(towns)s)
UNION ALL
SELECT n.nspname, 'index', c.relname,
       replace(pg_get_indexdef(i.indexrelid), quote_ident(n.nspname) || '.', '')
       || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_index i ON i.indexrelid = c.oid
 WHERE n.nspname = ANY(%(towns)s)
   -- that of a key, a uniqueness or an exclusion is told by its constraint
   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT n.nspname, 'constraint', t.relname || '.' || k.conname,
       replace(pg_get_constraintdef(k.oid), quote_ident(n.nspname) || '.', '')
       || CASE WHEN k.convalidated THEN '' ELSE ' NOT VALID' END
  FROM pg_namespace n JOIN pg_constraint k ON k.connamespace = n.oid AND k.contype <> 'n'
  JOIN pg_class t ON t.oid = k.conrelid
 WHERE n.nspname = ANY(%(towns)s)
UNION ALL
SELECT n.nspname, 'trigger', c.relname || '.' || t.tgname,
       replace(pg_get_triggerdef(t.oid), quote_ident(n.nspname) || '.', '')
       || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' ' || t.tgenabled::text END
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
  JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
 WHERE n.nspname = ANY(%(towns)s)
UNION ALL
SELECT n.nspname, 'function',
       p.proname || '(' || CASE WHEN p.pronargs = 0 THEN '' ELSE pg_get_function_identity_arguments(p.oid) END || ')',
       md5(translate(p.prosrc, E' \\n\\r\\t', '')) || ' ' || p.provolatile::text || p.prosecdef::text
  FROM pg_namespace n JOIN pg_proc p ON p.pronamespace = n.oid
 WHERE n.nspname = ANY(%(towns)s)
"""
# A condition that went through the text of a release comes back with its casts and brackets elsewhere:
# ANY ((ARRAY['a'::character varying])::text[]) as ANY (ARRAY[('a'::character varying)::text]). It means the same.
# The pattern costs most of the question, so only texts that plain replacing cannot serve go through it.
_PLAIN = r"""
SELECT town, kind, name,
       CASE WHEN strpos(says, '::character varying(') > 0
            THEN regexp_replace(says, '::(character varying|text)(\(\d+\))?(\[\])?|[()]', '', 'g')
            ELSE translate(replace(replace(replace(replace(says, '::character varying[]', ''),
                           '::text[]', ''), '::character varying', ''), '::text', ''), '()', '') END AS says
  FROM (%s) AS facts
""".replace("%s", _FACTS)
_CATALOGUES = f"""
SELECT town, encode(sha256(convert_to(string_agg(
           kind || ' ' || name || ' ' || coalesce(says, ''), E'\\n'
           ORDER BY kind COLLATE "C", name COLLATE "C", says COLLATE "C"), 'UTF8')), 'hex')
  FROM ({_PLAIN}) AS plain GROUP BY town
"""

# The same as it lies in the catalogue, spelled out by nobody: a tenth of the work. Two schemas that are alike here have
# the same definitions; two that are not may still mean the same, as by a column that was dropped between two others.
# Every number of a column is in it, so that "the fourth" is the same column in both.
_LIES = """
SELECT n.nspname::text AS town,
       concat_ws('|', 'column', c.relname, c.relkind, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull,
                 a.attidentity, a.attgenerated, a.attcollation, d.adbin::text) AS line
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm')
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON a.atthasdef AND d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE n.nspname = ANY(%(towns)s)
UNION ALL
SELECT n.nspname::text,
       concat_ws('|', 'index', c.relname, t.relname, c.relam, c.reloptions::text, i.indisunique, i.indnullsnotdistinct,
                 i.indisvalid, i.indkey::text, i.indclass::text, i.indcollation::text, i.indoption::text,
                 i.indnkeyatts, i.indexprs::text, i.indpred::text)
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('i', 'I')
  JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_class t ON t.oid = i.indrelid
 WHERE n.nspname = ANY(%(towns)s)
UNION ALL
SELECT n.nspname::text,
       concat_ws('|', 'constraint', t.relname, k.conname, k.contype, k.condeferrable, k.condeferred, k.convalidated,
                 k.conkey::text, k.confkey::text, k.confupdtype, k.confdeltype, k.confmatchtype, k.connoinherit,
                 k.conexclop::text, k.conbin::text, f.relname, nullif(f.relnamespace, n.oid))
  FROM pg_namespace n JOIN pg_constraint k ON k.connamespace = n.oid AND k.contype <> 'n'
  JOIN pg_class t ON t.oid = k.conrelid LEFT JOIN pg_class f ON f.oid = k.confrelid
 WHERE n.nspname = ANY(%(towns)s)
UNION ALL
SELECT n.nspname::text,
       concat_ws('|', 'trigger', c.relname, t.tgname, t.tgtype, t.tgenabled, t.tgdeferrable, t.tginitdeferred,
                 t.tgattr::text, t.tgargs::text, t.tgqual::text, t.tgoldtable, t.tgnewtable, p.proname,
                 nullif(p.pronamespace, n.oid))
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
  JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE n.nspname = ANY(%(towns)s)
UNION ALL
SELECT n.nspname::text,
       concat_ws('|', 'function', p.proname, p.prokind, p.proargtypes::text, p.proargnames::text, p.proargmodes::text,
                 p.prorettype, p.provolatile, p.prosecdef, p.proconfig::text, p.prosrc)
  FROM pg_namespace n JOIN pg_proc p ON p.pronamespace = n.oid
 WHERE n.nspname = ANY(%(towns)s)
"""
# Sums need no order: nothing is sorted.
_ALIKE = f"""
SELECT town, concat_ws(' ', count(*), sum(hashtextextended(line, 0)::numeric), sum(hashtextextended(line, 1)::numeric))
  FROM ({_LIES}) AS lies GROUP BY town
"""


def mark(applied: Iterable[tuple[str, str]]) -> str:
    """The name of a state: the same migrations give the same mark, in whatever order they came."""
    lines = sorted(f"{app}.{name}" for app, name in applied)
    return hashlib.sha256(",".join(lines).encode()).hexdigest()


def newest() -> str:
    """The mark of a schema in which every migration of this code has been applied."""
    return mark(MigrationLoader(None).graph.nodes)


def states(schemas: Sequence[str]) -> dict[str, str]:
    """The mark of each schema, by one query over all; a schema without the table of migrations is left out."""
    if not schemas:
        return {}
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid"
            " WHERE c.relname = 'django_migrations' AND n.nspname = ANY(%s)",
            [list(schemas)],
        )
        there = [name for (name,) in cursor.fetchall()]
        if not there:
            return {}
        one = sql.SQL(
            "SELECT {name}, encode(sha256(convert_to(coalesce(string_agg(app || '.' || name, ','"
            " ORDER BY (app || '.' || name) COLLATE \"C\"), ''), 'UTF8')), 'hex')"
            " FROM {schema}.django_migrations"
        )
        text = sql.SQL(" UNION ALL ").join(
            one.format(name=sql.Literal(name), schema=sql.Identifier(name)) for name in there
        )
        cursor.execute(text.as_string(None))
        return dict(cursor.fetchall())


def applied_in(schema: str) -> list[tuple[str, str]]:
    """The migrations of one schema, in the order in which they came."""
    with as_owner(), use_shared(), connection.cursor() as cursor:
        text = sql.SQL("SELECT app, name FROM {}.django_migrations ORDER BY id")
        cursor.execute(text.format(sql.Identifier(schema)).as_string(None))
        return list(cursor.fetchall())


def catalogues(schemas: Sequence[str]) -> dict[str, str]:
    """What is really in each schema, as one mark: columns, indexes, constraints, triggers, functions.

    Of those that lie in the catalogue alike only one is spelled out, so a fleet costs little more than one municipality.
    """
    found: dict[str, str] = {}
    if schemas:
        with owner() as said, said.transaction():
            said.execute("SET LOCAL search_path = pg_catalog")
            said.execute("SET LOCAL work_mem = '32MB'")  # a batch is sorted without the disk
            lies = _as_they_lie(said, schemas)
            one_of = {how: schema for schema, how in lies.items()}
            spelled = sorted(one_of.values())
            for at in range(0, len(spelled), BATCH):
                towns = spelled[at : at + BATCH]
                found |= dict(said.execute(_CATALOGUES, {"towns": towns}).fetchall())  # type: ignore[arg-type]
        found = {schema: found[one_of[how]] for schema, how in lies.items()}
    return found


def _as_they_lie(said: psycopg.Connection, schemas: Sequence[str]) -> dict[str, str]:
    """A mark of each that is there. Few are spelled out sooner than all that lies there is read, so each is its own."""
    if len(schemas) > FEW:
        return dict(said.execute(_ALIKE, {"towns": list(schemas)}).fetchall())  # type: ignore[arg-type]
    there = said.execute(
        "SELECT nspname::text FROM pg_namespace n WHERE nspname = ANY(%s)"
        " AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid)",
        [list(schemas)],
    )
    return {name: name for (name,) in there.fetchall()}


def differences(schema: str, model: str, *, of: psycopg.Connection, most: int = 5) -> list[str]:
    """What one schema has otherwise than the other, for a person to read."""
    with of.transaction():
        of.execute("SET LOCAL search_path = pg_catalog")
        rows = of.execute(_PLAIN, {"towns": [schema, model]}).fetchall()
    own = {(kind, name, what) for town, kind, name, what in rows if town == schema}
    right = {(kind, name, what) for town, kind, name, what in rows if town == model}
    said = [f"+ {kind} {name}: {what}" for kind, name, what in sorted(own - right, key=str)]
    said += [f"- {kind} {name}: {what}" for kind, name, what in sorted(right - own, key=str)]
    return [line[:200] for line in said[:most]] + (["…"] if len(said) > most else [])
