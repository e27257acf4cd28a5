"""Refusals of bank statements and their reconciliation."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class StatementUnknown(NotVisible):
    code = "statement_unknown"
    sentence = _("There is no such bank statement.")


class StatementUnreadable(InvalidInput):
    code = "statement_unreadable"
    sentence = _(
        "This file is no bank statement that can be read: CSV, Excel (xlsx), MT940 or CAMT.053 (XML)."
    )
    field = "file"


class StatementTooLong(InvalidInput):
    code = "statement_too_long"
    sentence = _("The file is too large: at most 5 MB and 20,000 movements are read at once.")
    field = "file"


class StatementEmpty(InvalidInput):
    code = "statement_empty"
    sentence = _("There is no movement in this file that is not known already.")
    field = "file"


class StatementColumnsMissing(InvalidInput):
    code = "statement_columns_missing"
    sentence = _(
        "The columns of this bank are not known yet. Headings in the file: %(found)s. Write under “Columns” which of"
        " them is the date, the text and the amount."
    )
    field = "file"


class StatementLineUnreadable(InvalidInput):
    code = "statement_line_unreadable"
    sentence = _("Row %(number)s: the amount cannot be read.")
    field = "file"


class StatementOfAnotherAccount(InvalidInput):
    code = "statement_of_another_account"
    sentence = _("The file is of account %(account)s in %(currency)s, not of the one chosen.")
    field = "file"


class StatementTwice(Conflict):
    code = "statement_twice"
    sentence = _("Statement %(number)s of this account has been taken in already.")
    field = "file"


class BalanceMissing(InvalidInput):
    code = "balance_missing"
    sentence = _("The file does not say the balances: write the opening and the closing balance.")
    field = "opening"


class BalancesDoNotChain(Refusal):
    code = "balances_do_not_chain"
    sentence = _(
        "The last statement ended with %(closing)s on %(date)s, this one begins with %(opening)s. One between them is"
        " missing."
    )
    field = "file"


class StatementDoesNotAddUp(InvalidInput):
    code = "statement_does_not_add_up"
    sentence = _(
        "The opening balance and the movements make %(sum)s, the closing balance is %(closing)s."
    )
    field = "file"


class StatementStands(Conflict):
    code = "statement_stands"
    sentence = _(
        "Only the newest statement is taken out, while nothing on it is matched, prepared or approved."
    )


class LinesDoNotMatch(InvalidInput):
    code = "lines_do_not_match"
    sentence = _("What was chosen makes %(chosen)s, the line of the bank still has %(open)s.")


class AlreadyMatched(Conflict):
    code = "already_matched"
    sentence = _("Somebody has matched one of these lines in the meantime.")


class ReconciliationLocked(Conflict):
    code = "reconciliation_locked"
    sentence = _("The reconciliation of %(date)s is approved; nothing before it changes.")


class ReconciliationNotPrepared(Refusal):
    code = "reconciliation_not_prepared"
    sentence = _("It is prepared first, and approved by somebody else.")


class ReconciliationDiffers(Refusal):
    code = "reconciliation_differs"
    sentence = _("The two sides differ by %(difference)s; that is found before it is approved.")


class ReconciliationOlderOpen(Refusal):
    code = "reconciliation_older_open"
    sentence = _("The statement before this one is not approved yet.")


class ReconciliationBySamePerson(Refusal):
    code = "reconciliation_by_same_person"
    sentence = _("Whoever prepared a reconciliation does not approve it.")
