"""Promises of the database about cash in a box: where a session begins, and what may be handed back.

SQLSTATEs: BA064 a float that is not the books', BA065 cash handed back that is not there.
"""

from __future__ import annotations

import pgtrigger

from kernel.db import Guard


class BeginsAsInTheBooks(Guard):
    """A session begins with what the books say is in the box, or with the reason why not (BA064).

    One that is taken over begins with the count of the other, whose difference was posted with its reason.
    """

    name = "begins_as_in_the_books"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    condition = pgtrigger.Q(
        new__taken_from__isnull=True, new__opening_books__isnull=False, new__opening_reason=""
    )
    func = """
        IF EXISTS (SELECT 1 FROM jsonb_each_text(NEW.opening_books) b
            FULL JOIN jsonb_each_text(NEW.opening_float) f USING (key)
            WHERE COALESCE(b.value::numeric, 0) <> COALESCE(f.value::numeric, 0)) THEN
            RAISE EXCEPTION 'the float of box % is not what its books say, and no reason is given', NEW.box_id
                USING ERRCODE = 'BA064';
        END IF;
        RETURN NEW;
    """


class CashIsThere(Guard):
    """A receipt is taken back while the cash that it brought is still in its box: no box goes below zero by it (BA065).

    By then its reversal is posted, so the balance is what would be left.
    """

    name = "cash_is_there"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    condition = pgtrigger.Q(old__void_kind="") & ~pgtrigger.Q(new__void_kind="")
    declare = [("short", "boolean")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format($sql$
            SELECT EXISTS (SELECT 1 FROM %1$I.finance_instrument i WHERE i.receipt_id = $1 AND i.method = 'cash'
                AND (SELECT sum(b.debit - b.credit) FROM %1$I.finance_monthlybalance b
                     WHERE b.account_id = i.account_id AND b.currency = $2) < 0)
        $sql$, TG_TABLE_SCHEMA) INTO short USING NEW.id, NEW.currency;
        IF short THEN
            RAISE EXCEPTION 'the cash of receipt % is not in its box any more', NEW.id USING ERRCODE = 'BA065';
        END IF;
        RETURN NEW;
    """
