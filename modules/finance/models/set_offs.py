"""What is set off against what we owe: never more than is open on the payable, and given back with the receipt (BA062).

Open is the amount less what is set off and what was paid. What was paid is told by the entries of its own steps.
"""

from __future__ import annotations

import pgtrigger

from kernel.db import Guard

# What the payments of a spending took from the payables, less what came back of them.
_PAID = """
    SELECT COALESCE(sum(l.debit - l.credit), 0) FROM %1$I.finance_step t
    JOIN %1$I.finance_line l ON l.entry_id = t.entry_id
    JOIN %1$I.finance_account a ON a.id = l.account_id AND a.role = 'payables'
    WHERE t.spending_id = $1 AND t.to_state IN ('issued', 'approved')
"""
# Those that owe the payer money; petty cash and advances to staff stay the municipality's.
_OWED = "('purchase', 'deposit_refund', 'advance_refund')"


class SetsOff(Guard):
    """A set-off takes from an open payable of the payer, in its currency, no more than is open; the payable follows."""

    name = "sets_off"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    condition = pgtrigger.Q(new__method="set_off") | pgtrigger.Q(new__spending__isnull=False)
    declare = [("owed", "record"), ("r", "record"), ("paid", "numeric"), ("role", "text")]  # noqa: RUF012  the base has it as an instance's
    func = f"""
        IF NEW.method <> 'set_off' OR NEW.spending_id IS NULL OR NEW.base IS NULL THEN
            RAISE EXCEPTION 'a set-off names what is owed, and nothing else does' USING ERRCODE = 'BA062';
        END IF;
        EXECUTE format('SELECT 1 FROM %I.finance_spending WHERE id = $1 FOR UPDATE', TG_TABLE_SCHEMA)
        USING NEW.spending_id;
        EXECUTE format($sql$
            SELECT s.state, s.kind, s.currency, s.amount - s.set_off AS left_open, COALESCE(p.alias_of_id, p.id) AS person
            FROM %1$I.finance_spending s JOIN %1$I.parties_party p ON p.id = s.party_id WHERE s.id = $1
        $sql$, TG_TABLE_SCHEMA) INTO owed USING NEW.spending_id;
        EXECUTE format($sql$
            SELECT x.currency, COALESCE(p.alias_of_id, p.id) AS person
            FROM %1$I.finance_receipt x JOIN %1$I.parties_party p ON p.id = x.party_id WHERE x.id = $1
        $sql$, TG_TABLE_SCHEMA) INTO r USING NEW.receipt_id;
        EXECUTE format($sql${_PAID}$sql$, TG_TABLE_SCHEMA) INTO paid USING NEW.spending_id;
        EXECUTE format('SELECT role FROM %I.finance_account WHERE id = $1', TG_TABLE_SCHEMA)
        INTO role USING NEW.account_id;
        IF owed.state NOT IN ('invoiced', 'approved') OR owed.kind NOT IN {_OWED} OR role <> 'payables'
            OR (owed.currency, owed.person) IS DISTINCT FROM (r.currency, r.person)
            OR NEW.amount > owed.left_open - paid THEN
            RAISE EXCEPTION 'spending % does not owe the payer % more', NEW.spending_id, NEW.amount
                USING ERRCODE = 'BA062';
        END IF;
        EXECUTE format('UPDATE %I.finance_spending SET set_off = set_off + $1, set_off_base = set_off_base + $2
            WHERE id = $3', TG_TABLE_SCHEMA) USING NEW.amount, NEW.base, NEW.spending_id;
        RETURN NULL;
    """


class GivesBack(Guard):
    """A receipt that is taken back gives back what it set off; a payable that was closed waits for its payment first."""

    name = "gives_back"
    when = pgtrigger.After
    operation = pgtrigger.UpdateOf("void_kind")  # type: ignore[no-untyped-call]
    condition = pgtrigger.Q(old__void_kind="") & ~pgtrigger.Q(new__void_kind="")
    declare = [("closed", "bigint")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format($sql$
            UPDATE %1$I.finance_spending s SET set_off = s.set_off - x.amount, set_off_base = s.set_off_base - x.base
            FROM (SELECT spending_id, sum(amount) AS amount, sum(base) AS base FROM %1$I.finance_instrument
                  WHERE receipt_id = $1 AND spending_id IS NOT NULL GROUP BY spending_id) x
            WHERE s.id = x.spending_id
        $sql$, TG_TABLE_SCHEMA) USING NEW.id;
        EXECUTE format($sql$
            SELECT s.id FROM %1$I.finance_instrument i JOIN %1$I.finance_spending s ON s.id = i.spending_id
            WHERE i.receipt_id = $1 AND s.state NOT IN ('invoiced', 'approved') LIMIT 1
        $sql$, TG_TABLE_SCHEMA) INTO closed USING NEW.id;
        IF closed IS NOT NULL THEN
            RAISE EXCEPTION 'spending % is closed', closed USING ERRCODE = 'BA062';
        END IF;
        RETURN NULL;
    """


class PaysWhatIsOpen(Guard):
    """Set-offs and payments of a spending never exceed it; it is closed by set-off when nothing is open, and not
    rejected while something stands."""

    name = "pays_what_is_open"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    condition = pgtrigger.Q(new__spending__isnull=False) & pgtrigger.Q(
        new__to_state__in=["issued", "set_off", "rejected"]
    )
    declare = [("s", "record"), ("paid", "numeric")]  # noqa: RUF012  the base has it as an instance's
    func = f"""
        EXECUTE format('SELECT amount, set_off FROM %I.finance_spending WHERE id = $1', TG_TABLE_SCHEMA)
        INTO s USING NEW.spending_id;
        EXECUTE format($sql${_PAID}$sql$, TG_TABLE_SCHEMA) INTO paid USING NEW.spending_id;
        IF s.set_off + paid > s.amount OR (NEW.to_state = 'set_off' AND s.set_off + paid <> s.amount)
            OR (NEW.to_state = 'rejected' AND s.set_off + paid <> 0) THEN
            RAISE EXCEPTION 'of spending % over % are % set off and % paid', NEW.spending_id, s.amount, s.set_off, paid
                USING ERRCODE = 'BA062';
        END IF;
        RETURN NULL;
    """
