"""The promises of the books that the database keeps by itself, whoever writes.

Every function names its tables by TG_TABLE_SCHEMA: a statement sent from another municipality's connection meets
the same guards. Checks are per statement, over all its rows at once, so that an entry of thousands of lines costs
one check. SQLSTATEs: BA030 unbalanced, BA031 period not open, BA032 lines added later, BA033 account not for
posting, BA034 not the mirror of what it reverses, BA035 charge tampered with, BA036 session not open, BA037 receipt
not covered, BA038 balances written by hand, BA039 states that never come back.

Rows of large tables are looked up one by one (`LATERAL … OFFSET 0`), never joined: with outdated statistics a join
starts from the large table, and undoing sixty thousand old dues took three minutes instead of ten seconds.
"""

from __future__ import annotations

import pgtrigger

from kernel.db import Guard


class IntoOpenPeriod(Guard):
    """An entry is dated inside its period, and the period is open.

    The share lock makes whoever closes the period wait for entries under way, and these see the closing.
    """

    name = "into_open_period"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("period", "record")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT year, month, state FROM %I.finance_period WHERE id = $1 FOR SHARE', TG_TABLE_SCHEMA)
        INTO period USING NEW.period_id;
        IF period.state IS DISTINCT FROM 'open' THEN
            RAISE EXCEPTION 'period %/% is not open', period.month, period.year USING ERRCODE = 'BA031';
        END IF;
        IF NEW.date < make_date(period.year, period.month, 1)
            OR NEW.date >= make_date(period.year, period.month, 1) + interval '1 month'
            OR NEW.year <> period.year THEN
            RAISE EXCEPTION 'the date % lies outside of period %/%', NEW.date, period.month, period.year
                USING ERRCODE = 'BA031';
        END IF;
        NEW.posted_at := clock_timestamp();
        RETURN NEW;
    """


class HasLines(Guard):
    """At commit an entry has lines. That they balance is checked when they are written."""

    name = "has_lines"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    timing = pgtrigger.Deferred
    declare = [("lines", "bigint")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT count(*) FROM %I.finance_line WHERE entry_id = $1', TG_TABLE_SCHEMA)
        INTO lines USING NEW.id;
        IF lines < 2 THEN
            RAISE EXCEPTION 'entry % has no lines', NEW.id USING ERRCODE = 'BA030';
        END IF;
        RETURN NULL;
    """


class RevaluesAndIsTakenBack(Guard):
    """A revaluation moves no amount in any currency, and at commit its reversal stands on the first of the next month."""

    name = "revalues_and_is_taken_back"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    timing = pgtrigger.Deferred
    condition = pgtrigger.Q(new__kind="revaluation")
    declare = [("moved", "boolean"), ("taken_back", "boolean")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.finance_line WHERE entry_id = $1 AND (debit > 0 OR credit > 0))',
            TG_TABLE_SCHEMA) INTO moved USING NEW.id;
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.finance_entry WHERE reverses_id = $1
            AND date = (date_trunc(''month'', $2) + interval ''1 month'')::date)', TG_TABLE_SCHEMA)
            INTO taken_back USING NEW.id, NEW.date::timestamp;
        IF moved OR NOT taken_back THEN
            RAISE EXCEPTION 'revaluation % moves an amount, or is not taken back on the first of the next month', NEW.id
                USING ERRCODE = 'BA058';
        END IF;
        RETURN NULL;
    """


class PostedInOneGo(Guard):
    """The lines of an entry come in one statement, balanced per currency and in base, on accounts for posting.

    Because a second statement for the same entry is refused, an entry that balanced once can never be added to.
    A line on the receivable of a kind of dues names the due, so that the account is the sum of its dues. A reversal
    mirrors its entry exactly. The monthly balances grow with the same rows in the same breath.
    """

    name = "posted_in_one_go"
    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="posted")  # type: ignore[no-untyped-call]
    declare = [("bad", "record")]  # noqa: RUF012  the base has it as an instance's
    func = """
        SELECT entry_id, currency, sum(debit) AS debit, sum(credit) AS credit INTO bad FROM posted
        GROUP BY entry_id, currency HAVING sum(debit) <> sum(credit) LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'entry % does not balance in %: % and %', bad.entry_id, bad.currency, bad.debit, bad.credit
                USING ERRCODE = 'BA030';
        END IF;
        SELECT entry_id, sum(base_debit) AS debit, sum(base_credit) AS credit INTO bad FROM posted
        GROUP BY entry_id HAVING sum(base_debit) <> sum(base_credit) LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'entry % does not balance in base: % and %', bad.entry_id, bad.debit, bad.credit
                USING ERRCODE = 'BA030';
        END IF;

        EXECUTE format($sql$
            SELECT p.entry_id, p.lines, l.lines AS stored
            FROM (SELECT entry_id, count(*) AS lines, min(date) AS first_date, max(date) AS last_date
                  FROM posted GROUP BY entry_id) p
            CROSS JOIN LATERAL (SELECT date FROM %1$I.finance_entry WHERE id = p.entry_id OFFSET 0) e
            CROSS JOIN LATERAL (SELECT count(*) AS lines FROM %1$I.finance_line x WHERE x.entry_id = p.entry_id) l
            WHERE l.lines <> p.lines OR p.last_date <> e.date OR p.first_date <> e.date LIMIT 1
        $sql$, TG_TABLE_SCHEMA) INTO bad;
        IF bad.entry_id IS NOT NULL THEN
            IF bad.lines <> bad.stored THEN
                RAISE EXCEPTION 'entry % is posted; no line is added to it', bad.entry_id USING ERRCODE = 'BA032';
            END IF;
            RAISE EXCEPTION 'a line of entry % has another date', bad.entry_id USING ERRCODE = 'BA031';
        END IF;

        EXECUTE format($sql$
            SELECT a.code FROM posted p JOIN %1$I.finance_account a ON a.id = p.account_id
            WHERE NOT a.is_posting OR (a.needs_party AND p.party_id IS NULL)
                OR (a.needs_party AND p.charge_id IS NULL AND p.debit + p.credit > 0
                    AND EXISTS (SELECT 1 FROM %1$I.finance_dueskind k WHERE k.receivable_id = a.id)
                    AND NOT EXISTS (SELECT 1 FROM %1$I.finance_entry e WHERE e.id = p.entry_id AND e.reverses_id IS NOT NULL))
            LIMIT 1
        $sql$, TG_TABLE_SCHEMA) INTO bad;
        IF bad.code IS NOT NULL THEN
            RAISE EXCEPTION 'account % is not for posting, or wants a person or a due', bad.code USING ERRCODE = 'BA033';
        END IF;

        EXECUTE format($sql$
            SELECT e.id FROM (SELECT DISTINCT entry_id FROM posted) p
            CROSS JOIN LATERAL (SELECT id, reverses_id FROM %1$I.finance_entry WHERE id = p.entry_id OFFSET 0) e
            WHERE e.reverses_id IS NOT NULL AND EXISTS (
                SELECT 1 FROM %1$I.finance_line l WHERE l.entry_id IN (e.id, e.reverses_id)
                GROUP BY l.account_id, l.currency, l.party_id, l.charge_id
                HAVING sum(l.debit) <> sum(l.credit) OR sum(l.base_debit) <> sum(l.base_credit)) LIMIT 1
        $sql$, TG_TABLE_SCHEMA) INTO bad;
        IF bad.id IS NOT NULL THEN
            RAISE EXCEPTION 'entry % is not the mirror of the one it reverses', bad.id USING ERRCODE = 'BA034';
        END IF;

        EXECUTE format($sql$
            INSERT INTO %1$I.finance_monthlybalance AS kept
                (account_id, currency, period_id, journal, debit, credit, base_debit, base_credit)
            SELECT p.account_id, p.currency, e.period_id, e.journal,
                sum(p.debit), sum(p.credit), sum(p.base_debit), sum(p.base_credit)
            FROM (SELECT entry_id, account_id, currency, sum(debit) AS debit, sum(credit) AS credit,
                    sum(base_debit) AS base_debit, sum(base_credit) AS base_credit
                  FROM posted GROUP BY entry_id, account_id, currency) p
            CROSS JOIN LATERAL (SELECT period_id, journal FROM %1$I.finance_entry WHERE id = p.entry_id OFFSET 0) e
            GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            ON CONFLICT (account_id, currency, period_id, journal) DO UPDATE SET
                debit = kept.debit + EXCLUDED.debit, credit = kept.credit + EXCLUDED.credit,
                base_debit = kept.base_debit + EXCLUDED.base_debit, base_credit = kept.base_credit + EXCLUDED.base_credit
        $sql$, TG_TABLE_SCHEMA);
        RETURN NULL;
    """


class KeptByPosting(Guard):
    """Monthly balances change through posted lines and in no other way."""

    when = pgtrigger.Before
    func = """
        IF pg_trigger_depth() < 2 OR TG_OP IN ('DELETE', 'TRUNCATE') THEN
            RAISE EXCEPTION 'monthly balances are kept by posting alone' USING ERRCODE = 'BA038';
        END IF;
        RETURN NEW;
    """


def kept_by_posting() -> list[Guard]:
    return [
        KeptByPosting(
            name="by_posting", operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
        ),
        KeptByPosting(
            name="never_emptied", operation=pgtrigger.Truncate, level=pgtrigger.Statement
        ),
    ]


class StatesGoForward(Guard):
    """A period is open, closed, open again, and once locked for ever locked; its month never changes."""

    name = "states_go_forward"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR (NEW.year, NEW.month) IS DISTINCT FROM (OLD.year, OLD.month)
            OR (OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ('open>closed', 'closed>open', 'closed>locked'))
        THEN
            RAISE EXCEPTION 'period %/% cannot become that', OLD.month, OLD.year USING ERRCODE = 'BA039';
        END IF;
        RETURN NEW;
    """


class ChargeStands(Guard):
    """A charge is never deleted and never rewritten; what was paid of it follows from its settlements alone."""

    name = "charge_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    declare = [("kept", "text[]")]  # noqa: RUF012  the base has it as an instance's
    func = """
        kept := ARRAY['paid', 'credited', 'cancelled', 'base_settled', 'balance', 'standing'];
        IF TG_OP = 'DELETE' OR to_jsonb(NEW) - kept IS DISTINCT FROM to_jsonb(OLD) - kept THEN
            RAISE EXCEPTION 'charge % is posted and stands as it is', OLD.id USING ERRCODE = 'BA035';
        END IF;
        IF (NEW.paid, NEW.credited, NEW.cancelled, NEW.base_settled)
            IS DISTINCT FROM (OLD.paid, OLD.credited, OLD.cancelled, OLD.base_settled) AND pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'what was paid of charge % follows from its settlements', OLD.id USING ERRCODE = 'BA035';
        END IF;
        RETURN NEW;
    """


class NeverEmptied(Guard):
    """TRUNCATE is refused to everybody."""

    name = "never_emptied"
    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Truncate
    func = "RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME USING ERRCODE = 'BA002'; RETURN NULL;"


class SettlesCharges(Guard):
    """Settlements carry their charges with them, and those of a receipt add up to it.

    A settlement taken back is the exact opposite of the first one. More than is owed cannot be settled: the
    charge's own constraints say so, for all charges of the statement at once.
    """

    name = "settles_charges"
    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="posted")  # type: ignore[no-untyped-call]
    declare = [("bad", "bigint"), ("touched", "bigint[]")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format($sql$
            SELECT p.id FROM posted p
            CROSS JOIN LATERAL (SELECT * FROM %1$I.finance_settlement WHERE id = p.reverses_id OFFSET 0) s
            WHERE p.reverses_id IS NOT NULL AND (
                (s.charge_id, s.kind, -s.amount, -s.base, -s.tendered)
                IS DISTINCT FROM (p.charge_id, p.kind, p.amount, p.base, p.tendered)
                OR s.reverses_id IS NOT NULL) LIMIT 1
        $sql$, TG_TABLE_SCHEMA) INTO bad;
        IF bad IS NOT NULL THEN
            RAISE EXCEPTION 'settlement % is not the mirror of the one it takes back', bad USING ERRCODE = 'BA034';
        END IF;

        EXECUTE format($sql$
            SELECT r.id FROM (SELECT DISTINCT receipt_id FROM posted WHERE receipt_id IS NOT NULL) p
            CROSS JOIN LATERAL (
                SELECT id, surplus, amount FROM %1$I.finance_receipt WHERE id = p.receipt_id OFFSET 0) r
            WHERE r.surplus + (SELECT COALESCE(sum(s.tendered), 0) FROM %1$I.finance_settlement s
                               WHERE s.receipt_id = r.id AND s.reverses_id IS NULL) <> r.amount LIMIT 1
        $sql$, TG_TABLE_SCHEMA) INTO bad;
        IF bad IS NOT NULL THEN
            RAISE EXCEPTION 'the settlements of receipt % do not add up to it', bad USING ERRCODE = 'BA037';
        END IF;

        SELECT array_agg(DISTINCT charge_id) INTO touched FROM posted;
        EXECUTE format($sql$
            UPDATE %1$I.finance_charge c SET paid = c.paid + s.paid, credited = c.credited + s.credited,
                cancelled = c.cancelled + s.cancelled, base_settled = c.base_settled + s.base
            FROM (SELECT charge_id, sum(base) AS base,
                    COALESCE(sum(amount) FILTER (WHERE kind = 'paid'), 0) AS paid,
                    COALESCE(sum(amount) FILTER (WHERE kind = 'credited'), 0) AS credited,
                    COALESCE(sum(amount) FILTER (WHERE kind = 'cancelled'), 0) AS cancelled
                  FROM posted GROUP BY charge_id) s
            WHERE c.id = s.charge_id AND c.id = ANY($1)
        $sql$, TG_TABLE_SCHEMA) USING touched;
        RETURN NULL;
    """


class IntoOpenSession(Guard):
    """A receipt belongs to the open session of its own cash box; whoever closes it waits for receipts under way."""

    name = "into_open_session"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("open_box", "bigint")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT box_id FROM %I.finance_cashsession WHERE id = $1 AND closed_at IS NULL
            AND handover IS NULL FOR SHARE', TG_TABLE_SCHEMA) INTO open_box USING NEW.session_id;
        IF open_box IS DISTINCT FROM NEW.box_id THEN
            RAISE EXCEPTION 'session % is not open at box %', NEW.session_id, NEW.box_id USING ERRCODE = 'BA036';
        END IF;
        RETURN NEW;
    """


class ReceiptStands(Guard):
    """A receipt is never deleted or rewritten; it may be voided once, and stays void."""

    name = "receipt_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    declare = [("open_to_change", "text[]")]  # noqa: RUF012  the base has it as an instance's
    func = """
        open_to_change := ARRAY['void_kind', 'void_reason', 'voided_at', 'voided_by_id', 'void_entry_id'];
        IF TG_OP = 'DELETE' OR OLD.void_kind <> ''
            OR to_jsonb(NEW) - open_to_change IS DISTINCT FROM to_jsonb(OLD) - open_to_change THEN
            RAISE EXCEPTION 'receipt % stands as it is', OLD.id USING ERRCODE = 'BA037';
        END IF;
        RETURN NEW;
    """


class ReceiptIsCovered(Guard):
    """At commit the instruments of a receipt and what it settled each add up to its amount."""

    name = "receipt_is_covered"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    timing = pgtrigger.Deferred
    declare = [("given", "numeric"), ("used", "numeric")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT COALESCE(sum(amount), 0) FROM %I.finance_instrument WHERE receipt_id = $1',
            TG_TABLE_SCHEMA) INTO given USING NEW.id;
        EXECUTE format('SELECT COALESCE(sum(tendered), 0) FROM %I.finance_settlement
            WHERE receipt_id = $1 AND reverses_id IS NULL', TG_TABLE_SCHEMA) INTO used USING NEW.id;
        IF given <> NEW.amount OR used + NEW.surplus <> NEW.amount THEN
            RAISE EXCEPTION 'receipt %: % given, % used, % written', NEW.id, given, used + NEW.surplus, NEW.amount
                USING ERRCODE = 'BA037';
        END IF;
        RETURN NULL;
    """


class SessionCloses(Guard):
    """A session is closed once and never opened again; nothing of a closed one changes."""

    name = "session_closes"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL
            OR (NEW.box_id, NEW.cashier_id, NEW.opened_at, NEW.on_date, NEW.opening_float, NEW.opening_books,
                NEW.opening_reason)
                IS DISTINCT FROM
                (OLD.box_id, OLD.cashier_id, OLD.opened_at, OLD.on_date, OLD.opening_float, OLD.opening_books,
                OLD.opening_reason) THEN
            RAISE EXCEPTION 'session % stands as it is', OLD.id USING ERRCODE = 'BA039';
        END IF;
        RETURN NEW;
    """


class TakesOver(Guard):
    """A session taken over begins at the same box with the cash that was counted at the end of the other (BA036)."""

    name = "takes_over"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    condition = pgtrigger.Q(new__taken_from__isnull=False)
    declare = [("earlier", "record"), ("counted", "jsonb")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT box_id, closed_at FROM %I.finance_cashsession WHERE id = $1', TG_TABLE_SCHEMA)
        INTO earlier USING NEW.taken_from_id;
        EXECUTE format($sql$
            SELECT jsonb_object_agg(currency, counted) FROM %I.finance_cashcount
            WHERE session_id = $1 AND method = 'cash' AND counted <> 0
        $sql$, TG_TABLE_SCHEMA) INTO counted USING NEW.taken_from_id;
        IF earlier.closed_at IS NULL OR earlier.box_id <> NEW.box_id OR EXISTS (
            SELECT 1 FROM jsonb_each_text(COALESCE(counted, '{}')) c
            FULL JOIN jsonb_each_text(NEW.opening_float) f USING (key)
            WHERE c.value::numeric IS DISTINCT FROM f.value::numeric) THEN
            RAISE EXCEPTION 'box % is taken over with what was counted in it', NEW.box_id USING ERRCODE = 'BA036';
        END IF;
        RETURN NEW;
    """
