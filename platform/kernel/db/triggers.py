"""Triggers declared on models with django-pgtrigger, without its switch-off.

pgtrigger lets any session skip a trigger by a setting; a guard of money or of the audit trail must have no such
door. `Guard` compiles to the bare trigger. Functions name their schema by TG_TABLE_SCHEMA, never by search_path.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from pgtrigger import compiler


class GuardSql(compiler.UpsertTriggerSql):
    """The installation text of a guard: a function and its trigger, nothing that could turn it off."""

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}()
            RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Guard(pgtrigger.Trigger):
    """A trigger of ours. `func` is PL/pgSQL without BEGIN/END; raise with ERRCODE 'BA0xx' to refuse."""

    def compile(self, model: Any) -> compiler.Trigger:
        return compiler.Trigger(
            name=self.name,
            sql=GuardSql(
                pgid=self.get_pgid(model),
                declare=self.render_declare(model),
                func=self.render_func(model),
                table=model._meta.db_table,
                constraint="CONSTRAINT" if self.timing else "",
                when=self.when,
                operation=self.operation,
                timing=f"DEFERRABLE INITIALLY {self.timing}" if self.timing else "",
                referencing=self.referencing or "",
                level=self.level,
                condition=self.render_condition(model),
                execute=self.render_execute(model),
            ),
        )


class AuditTrail(Guard):
    """Each change of a row leaves one row in the municipality's `audit_entry`, in the same transaction.

    The actor comes from the transaction (`kernel.audit.recorded`). Without one the write is refused (BA001),
    unless `strict` is off: for tables that the sign-in machinery itself writes before anybody is known.
    """

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [  # noqa: RUF012  pgtrigger keeps it per instance
        ("act", "jsonb"),
        ("was", "jsonb"),
        ("now_is", "jsonb"),
        ("row_id", "text"),
    ]

    def __init__(
        self, *, name: str = "audit", strict: bool = True, hidden: tuple[str, ...] = ()
    ) -> None:
        self.strict = strict
        self.hidden = hidden
        super().__init__(name=name)

    def render_func(self, model: Any) -> str:
        hide = "".join(f" - '{column}'" for column in ("version", *self.hidden))
        missing = (
            "RAISE EXCEPTION 'table % was written without an actor', TG_TABLE_NAME USING ERRCODE = 'BA001';"
            if self.strict
            else "act := '{}'::jsonb;"
        )
        return f"""
            act := NULLIF(current_setting('baladiyat.act', true), '')::jsonb;
            IF act IS NULL THEN
                {missing}
            END IF;
            IF TG_OP <> 'INSERT' THEN
                was := to_jsonb(OLD){hide};
                row_id := was->>'id';
            END IF;
            IF TG_OP <> 'DELETE' THEN
                now_is := to_jsonb(NEW){hide};
                row_id := now_is->>'id';
            END IF;
            IF TG_OP = 'UPDATE' THEN
                SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(n.key, n.value)
                INTO was, now_is
                FROM jsonb_each(was) o JOIN jsonb_each(now_is) n USING (key)
                WHERE o.value IS DISTINCT FROM n.value AND o.key NOT LIKE 'search\\_%';
                IF now_is IS NULL THEN
                    RETURN NULL;
                END IF;
            END IF;
            EXECUTE format(
                'INSERT INTO %I.audit_entry (at, table_name, row_id, operation, actor_id, actor_name, channel,'
                ' on_behalf_of, reason, request_id, transaction_id, before, after)'
                ' VALUES (clock_timestamp(), $1, $2, $3, $4, $5, $6, $7, $8, $9, pg_current_xact_id()::text::bigint,'
                ' $10, $11)', TG_TABLE_SCHEMA)
            USING TG_TABLE_NAME::text, COALESCE(row_id, ''), lower(TG_OP), (act->>'user')::bigint,
                COALESCE(act->>'name', ''), COALESCE(act->>'channel', ''), (act->>'for')::bigint,
                COALESCE(act->>'reason', ''), COALESCE(act->>'request', ''), was, now_is;
            RETURN NULL;
        """


class BumpVersion(Guard):
    """Every update raises `version` by one: the row's ETag, and how a second writer is noticed."""

    name = "version"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    func = "NEW.version := OLD.version + 1; RETURN NEW;"


class AppendOnly(Guard):
    """Rows are written once: UPDATE, DELETE and TRUNCATE are refused (BA002) to everybody."""

    when = pgtrigger.Before
    func = "RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'BA002'; RETURN NULL;"


def append_only() -> list[Guard]:
    """The two triggers that make a table append-only."""
    return [
        AppendOnly(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        AppendOnly(name="never_truncated", operation=pgtrigger.Truncate, level=pgtrigger.Statement),
    ]
