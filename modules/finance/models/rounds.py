"""Where collectors collect: the neighbourhoods on the rounds of a box."""

from __future__ import annotations

import pgtrigger

from kernel.db import Guard


class RoundsApart(Guard):
    """A neighbourhood of the register is on the rounds of one box, or of none (BA066).

    Writers wait for one another: two that take the same neighbourhood at once would not see each other's row.
    """

    name = "rounds_apart"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("zones")  # type: ignore[no-untyped-call]
    condition = pgtrigger.Condition("cardinality(NEW.zones) > 0")
    declare = [("wrong", "boolean")]  # noqa: RUF012  the base has it as an instance's
    func = """
        PERFORM pg_advisory_xact_lock(hashtextextended('finance.rounds:' || TG_TABLE_SCHEMA, 0));
        EXECUTE format($sql$
            SELECT EXISTS (SELECT 1 FROM %1$I.finance_cashbox WHERE id <> $1 AND zones && $2)
                OR EXISTS (SELECT 1 FROM unnest($2) AS x (zone)
                    WHERE NOT EXISTS (SELECT 1 FROM %1$I.places_neighbourhood n WHERE n.id = x.zone))
                OR (SELECT count(DISTINCT x.zone) FROM unnest($2) AS x (zone)) < cardinality($2)
        $sql$, TG_TABLE_SCHEMA) INTO wrong USING NEW.id, NEW.zones;
        IF wrong THEN
            RAISE EXCEPTION 'neighbourhoods % are not free for box %', NEW.zones, NEW.id USING ERRCODE = 'BA066';
        END IF;
        RETURN NULL;
    """
