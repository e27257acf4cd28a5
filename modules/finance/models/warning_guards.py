"""What the database keeps of warnings: one for a due at a time, and days that can have been (law 1/1997, article 27)."""

from __future__ import annotations

import pgtrigger

from kernel.db import Guard


class WarnedOnce(Guard):
    """A due stands in one warning at a time (BA059); who warns the same person at the same moment waits."""

    name = "warned_once"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("other", "text")]  # noqa: RUF012  the base has it as an instance's
    func = """
        PERFORM pg_advisory_xact_lock(hashtextextended(
            'finance.warning:' || TG_TABLE_SCHEMA || ':' || NEW.party_id, 0));
        EXECUTE format('SELECT w.number_text FROM %I.finance_warning w WHERE w.party_id = $1 AND w.state <> ''lapsed'''
            ' AND w.charge_ids && $2 LIMIT 1', TG_TABLE_SCHEMA)
        INTO other USING NEW.party_id, NEW.charge_ids;
        IF other IS NOT NULL THEN
            RAISE EXCEPTION 'a due of this warning stands in warning % already', other USING ERRCODE = 'BA059';
        END IF;
        RETURN NEW;
    """


class WarningRuns(Guard):
    """A warning is served between the day it was written and today; it is contested in time, enforced after it (BA059).

    The last day to pay is kept with the service (`facts.until`), as the policy was on that day.
    """

    name = "warning_runs"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    condition = pgtrigger.Q(new__warning__isnull=False)
    declare = [("written", "date"), ("until", "date"), ("today", "date")]  # noqa: RUF012  the base has it as an instance's
    func = """
        today := (NEW.created_at AT TIME ZONE 'Asia/Hebron')::date;
        EXECUTE format('SELECT w.issued_on FROM %I.finance_warning w WHERE w.id = $1', TG_TABLE_SCHEMA)
        INTO written USING NEW.warning_id;
        IF NEW.on_date < written OR NEW.on_date > today THEN
            RAISE EXCEPTION 'a warning written on % does not become % on %', written, NEW.to_state, NEW.on_date
                USING ERRCODE = 'BA059';
        END IF;
        IF NEW.to_state IN ('contested', 'enforced') THEN
            EXECUTE format('SELECT (s.facts->>''until'')::date FROM %I.finance_step s WHERE s.warning_id = $1'
                ' AND s.to_state = ''served'' ORDER BY s.id DESC LIMIT 1', TG_TABLE_SCHEMA)
            INTO until USING NEW.warning_id;
            IF (NEW.to_state = 'contested' AND NEW.on_date > until)
                OR (NEW.to_state = 'enforced' AND NEW.on_date <= until) THEN
                RAISE EXCEPTION 'the last day of the warning is %', until USING ERRCODE = 'BA059';
            END IF;
        END IF;
        RETURN NEW;
    """
