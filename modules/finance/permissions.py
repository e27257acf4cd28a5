"""Rights of finance, each with a sentence, and the roles offered to a new municipality."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import Permission, RoleTemplate
from modules.finance.online_permissions import ONLINE_PERMISSIONS

PERMISSIONS = (
    Permission(
        code="finance.read",
        title=_("See the books"),
        sentence=_("May see all dues, receipts, statements and the books of accounts."),
    ),
    Permission(
        code="finance.read_dues",
        title=_("See a person's dues"),
        sentence=_("May see what a person owes and has paid, and print the statement."),
    ),
    Permission(
        code="finance.read_receipts",
        title=_("See receipts and cash sessions"),
        sentence=_(
            "May open the receipts and sessions he wrote; all of them with the right to see the books."
        ),
    ),
    Permission(
        code="finance.receive",
        title=_("Receive money"),
        sentence=_("May open a session at a cash box, receive money and write receipts."),
    ),
    Permission(
        code="finance.cancel_receipt",
        title=_("Cancel a receipt in its session"),
        sentence=_("May cancel a receipt that somebody else wrote, while its session is open."),
    ),
    Permission(
        code="finance.reverse_receipt",
        title=_("Reverse a receipt"),
        sentence=_("May reverse a receipt after its session was closed."),
    ),
    Permission(
        code="finance.close_any_session",
        title=_("Close another's session"),
        sentence=_("May count and close the session of another cashier."),
    ),
    Permission(
        code="finance.read_spending",
        title=_("See spending and the budget"),
        sentence=_(
            "May see requests to spend, payment vouchers and the budget with its execution."
        ),
    ),
    Permission(
        code="finance.request_spending",
        title=_("Ask for money to be spent"),
        sentence=_("May write a request to spend."),
    ),
    Permission(
        code="finance.commit_spending",
        title=_("Commit and enter invoices"),
        sentence=_(
            "May commit a request against the budget, enter its invoice, and approve small amounts."
        ),
    ),
    Permission(
        code="finance.approve_spending",
        title=_("Approve payments as finance manager"),
        sentence=_("May approve payments up to the limit of the finance manager."),
    ),
    Permission(
        code="finance.approve_spending_mayor",
        title=_("Approve payments as mayor"),
        sentence=_(
            "May approve payments up to the limit of the mayor, and above it by the council's decision."
        ),
    ),
    Permission(
        code="finance.pay_out",
        title=_("Pay out"),
        sentence=_("May issue the cheque or transfer of an approved payment and hand it over."),
    ),
    Permission(
        code="finance.manage_budget",
        title=_("Keep the budget"),
        sentence=_(
            "May enter the original budget, supplements and transfers with their decisions."
        ),
    ),
    Permission(
        code="finance.warn",
        title=_("Warn who owes"),
        sentence=_(
            "May write warnings to pay, enter their service, and hand a file to enforcement."
        ),
    ),
    Permission(
        code="finance.close_day",
        title=_("Close a day"),
        sentence=_("May close a day after every box was counted, and print its pack."),
    ),
    Permission(
        code="finance.read_plans",
        title=_("See instalment plans"),
        sentence=_("May see every instalment plan and how far it is paid."),
    ),
    Permission(
        code="finance.manage_plans",
        title=_("Agree on instalment plans"),
        sentence=_("May agree on an instalment plan, cancel it, and let a broken one stand again."),
    ),
    Permission(
        code="finance.read_cheques",
        title=_("See the register of cheques"),
        sentence=_("May see every cheque, where it is, and the calendar of their days."),
    ),
    Permission(
        code="finance.take_cheques",
        title=_("Take post-dated cheques"),
        sentence=_("May take post-dated cheques that cover a person's dues."),
    ),
    Permission(
        code="finance.move_cheques",
        title=_("Move cheques"),
        sentence=_(
            "May take cheques to the bank, enter them as cleared or bounced, and hand them back."
        ),
    ),
    Permission(
        code="finance.manage_suppliers",
        title=_("Keep the register of suppliers"),
        sentence=_(
            "May add suppliers, change how they are paid, block them and let them in again."
        ),
    ),
    Permission(
        code="finance.manage_chequebooks",
        title=_("Keep cheque books"),
        sentence=_(
            "May take cheque books into stock, hand them over, make leaves void and set how cheques are printed."
        ),
    ),
    Permission(
        code="finance.read_bank",
        title=_("See bank statements"),
        sentence=_("May see bank statements and the reconciliation of bank accounts."),
    ),
    Permission(
        code="finance.reconcile",
        title=_("Reconcile bank accounts"),
        sentence=_(
            "May take in bank statements, match their movements with the books and prepare the reconciliation."
        ),
    ),
    Permission(
        code="finance.approve_reconciliation",
        title=_("Approve reconciliations"),
        sentence=_("May approve the reconciliation of a bank account that somebody else prepared."),
    ),
    Permission(
        code="finance.remit",
        title=_("Take cash to the bank"),
        sentence=_("May post cash of a box as deposited at the bank."),
    ),
    Permission(
        code="finance.reprint",
        title=_("Print a receipt again"),
        sentence=_("May print a copy of a receipt, with the reason."),
    ),
    Permission(
        code="finance.assess",
        title=_("Assess a due"),
        sentence=_("May charge a person by hand."),
    ),
    Permission(
        code="finance.cancel_charge",
        title=_("Cancel a due"),
        sentence=_("May take a wrong assessment back."),
    ),
    Permission(
        code="finance.credit",
        title=_("Enter exemptions and discounts"),
        sentence=_("May enter an exemption, discount, write-off or correction with its decision."),
    ),
    Permission(
        code="finance.manage_campaigns",
        title=_("Enter campaigns"),
        sentence=_(
            "May enter a campaign of discounts or exemptions with its decision, and end it."
        ),
    ),
    Permission(
        code="finance.move_dues",
        title=_("Move and divide dues"),
        sentence=_("May move a due to another person or place, and divide it, by a decision."),
    ),
    Permission(
        code="finance.keep_books",
        title=_("Keep receipt books"),
        sentence=_(
            "May enter receipt books, hand them to collectors, and account for void and missing leaves."
        ),
    ),
    Permission(
        code="finance.import_opening",
        title=_("Bring in old dues"),
        sentence=_("May load old dues from a sheet, and undo a batch before its first use."),
    ),
    Permission(
        code="finance.manage_accounts",
        title=_("Keep the chart of accounts"),
        sentence=_("May add and rename accounts and kinds of dues."),
    ),
    Permission(
        code="finance.manage_boxes",
        title=_("Keep cash boxes"),
        sentence=_("May add cash boxes, and say whose they are and where their collectors go."),
    ),
    *ONLINE_PERMISSIONS,
    Permission(
        code="finance.enter_rates",
        title=_("Enter exchange rates"),
        sentence=_("May enter the exchange rate of a day."),
    ),
    Permission(
        code="finance.revalue",
        title=_("Revalue at the month's end"),
        sentence=_("May post what balances in another currency gained or lost by the month's end."),
    ),
    Permission(
        code="finance.post_voucher",
        title=_("Write entries by hand"),
        sentence=_("May post a journal voucher by hand, and take one back by its reversal."),
    ),
    Permission(
        code="finance.attach",
        title=_("Attach papers"),
        sentence=_("May attach scanned papers to receipts, vouchers and requests to spend."),
    ),
    Permission(
        code="finance.close_year",
        title=_("Close a year"),
        sentence=_(
            "May close a year: its result goes to the accumulated balance and its months are locked."
        ),
    ),
    Permission(
        code="finance.manage_periods",
        title=_("Open years and close months"),
        sentence=_("May open a year in the books and close its months."),
    ),
    Permission(
        code="finance.reopen_period",
        title=_("Reopen and lock months"),
        sentence=_("May open a closed month again, with a reason, and lock a month for good."),
    ),
)

ROLES = (
    RoleTemplate(
        code="cashier",
        title_ar="أمين صندوق",
        title_en="Cashier",
        permissions=(
            "finance.attach",
            "parties.read",
            "finance.read_dues",
            "finance.read_receipts",
            "finance.receive",
            "finance.reprint",
            "finance.read_plans",
            "finance.read_cheques",
            "finance.take_cheques",
        ),
    ),
    RoleTemplate(
        code="collector",
        title_ar="جابٍ",
        title_en="Collector",
        permissions=(
            "parties.read",
            "finance.read_dues",
            "finance.read_receipts",
            "finance.receive",
        ),
    ),
    RoleTemplate(
        code="accountant",
        title_ar="محاسب",
        title_en="Accountant",
        permissions=(
            "finance.attach",
            "finance.warn",
            "finance.read_spending",
            "finance.request_spending",
            "finance.commit_spending",
            "finance.pay_out",
            "parties.read",
            "finance.read",
            "finance.read_dues",
            "finance.read_receipts",
            "finance.assess",
            "finance.post_voucher",
            "finance.cancel_charge",
            "finance.credit",
            "finance.move_dues",
            "finance.import_opening",
            "finance.enter_rates",
            "finance.revalue",
            "finance.reprint",
            "finance.remit",
            "finance.read_plans",
            "finance.read_cheques",
            "finance.take_cheques",
            "finance.move_cheques",
            "finance.read_bank",
            "finance.reconcile",
            "finance.manage_plans",
            "finance.ask_refund_online",
        ),
    ),
    RoleTemplate(
        code="finance_manager",
        title_ar="المدير المالي",
        title_en="Finance manager",
        permissions=(
            "finance.attach",
            "finance.warn",
            "finance.manage_gateway",
            "finance.ask_refund_online",
            "finance.refund_online",
            "finance.close_day",
            "finance.read_spending",
            "finance.request_spending",
            "finance.approve_spending",
            "finance.pay_out",
            "finance.manage_budget",
            "parties.read",
            "finance.read",
            "finance.read_dues",
            "finance.read_receipts",
            "finance.assess",
            "finance.post_voucher",
            "finance.cancel_charge",
            "finance.credit",
            "finance.move_dues",
            "finance.import_opening",
            "finance.enter_rates",
            "finance.revalue",
            "finance.reprint",
            "finance.remit",
            "finance.read_plans",
            "finance.read_cheques",
            "finance.take_cheques",
            "finance.move_cheques",
            "finance.read_bank",
            "finance.reconcile",
            "finance.approve_reconciliation",
            "finance.manage_suppliers",
            "finance.manage_chequebooks",
            "finance.manage_plans",
            "finance.cancel_receipt",
            "finance.reverse_receipt",
            "finance.close_any_session",
            "finance.manage_campaigns",
            "finance.keep_books",
            "finance.manage_accounts",
            "finance.manage_boxes",
            "finance.manage_periods",
            "finance.close_year",
            "finance.reopen_period",
        ),
    ),
    RoleTemplate(
        code="payment_authority",
        title_ar="آمر الصرف (رئيس البلدية أو من يفوضه)",
        title_en="Authority for payments (the mayor or a delegate)",
        permissions=(
            "parties.read",
            "finance.read_spending",
            "finance.approve_spending",
            "finance.approve_spending_mayor",
        ),
    ),
    RoleTemplate(
        code="auditor",
        title_ar="مدقق داخلي",
        title_en="Internal auditor",
        permissions=(
            "finance.read_spending",
            "parties.read",
            "finance.read",
            "finance.read_dues",
            "finance.read_receipts",
            "finance.read_plans",
            "finance.read_cheques",
            "finance.read_bank",
            "audit.read",
        ),
    ),
)
