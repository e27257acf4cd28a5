"""What finance declares of itself."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import (
    DocumentType,
    DuesKind,
    FileGuard,
    Indicator,
    JobKind,
    MenuItem,
    Module,
    NumberSeries,
    Panel,
    Permission,
    PolicyKey,
    PortProvision,
    RoleTemplate,
    Schedule,
    SearchSource,
    Tile,
)

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
        sentence=_("May add cash boxes."),
    ),
    Permission(
        code="finance.enter_rates",
        title=_("Enter exchange rates"),
        sentence=_("May enter the exchange rate of a day."),
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
        permissions=("parties.read", "finance.read_dues", "finance.receive", "finance.reprint"),
    ),
    RoleTemplate(
        code="accountant",
        title_ar="محاسب",
        title_en="Accountant",
        permissions=(
            "parties.read",
            "finance.read",
            "finance.read_dues",
            "finance.assess",
            "finance.cancel_charge",
            "finance.credit",
            "finance.import_opening",
            "finance.enter_rates",
            "finance.reprint",
            "finance.remit",
        ),
    ),
    RoleTemplate(
        code="finance_manager",
        title_ar="المدير المالي",
        title_en="Finance manager",
        permissions=(
            "parties.read",
            "finance.read",
            "finance.read_dues",
            "finance.assess",
            "finance.cancel_charge",
            "finance.credit",
            "finance.import_opening",
            "finance.enter_rates",
            "finance.reprint",
            "finance.remit",
            "finance.cancel_receipt",
            "finance.reverse_receipt",
            "finance.close_any_session",
            "finance.manage_accounts",
            "finance.manage_boxes",
            "finance.manage_periods",
            "finance.reopen_period",
        ),
    ),
    RoleTemplate(
        code="auditor",
        title_ar="مدقق داخلي",
        title_en="Internal auditor",
        permissions=("parties.read", "finance.read", "finance.read_dues", "audit.read"),
    ),
)

POLICY_KEYS = (
    PolicyKey(
        code="FIN-01.cashbox_limit",
        kind="money",
        default="5000 ILS",
        title=_("Most cash in a box"),
        help=_("Above this the cashier is told to take cash to the bank. Receiving goes on."),
        article="FIN-01",
        enforced_at=("modules.finance.selectors.cash:over_limit",),
    ),
    PolicyKey(
        code="FIN-04.base",
        kind="choice",
        default="ILS",
        choices=("ILS", "JOD", "USD"),
        title=_("Currency of the books"),
        help=_("All currencies are added up in this one. Decide it before the first posting."),
        article="FIN-04",
        enforced_at=("modules.finance.selectors.books:base_currency",),
    ),
    PolicyKey(
        code="FIN-04.rate_max_age_hours",
        kind="int",
        default=24,
        bounds=(1, 720),
        unit="h",
        title=_("Oldest exchange rate that may be used"),
        help=_("A receipt in another currency is refused when the last rate is older than this."),
        article="FIN-04",
        enforced_at=("modules.finance.selectors.books:rate_on",),
    ),
    PolicyKey(
        code="FIN-04.allow_pay_in_other",
        kind="bool",
        default=True,
        title=_("Pay a due in another currency"),
        help=_("Whether a due in dinars, say, may be paid in shekels at the rate of the day."),
        article="FIN-04",
        enforced_at=("modules.finance.services.receiving:_rates",),
    ),
    PolicyKey(
        code="FIN-05.void_same_day_only",
        kind="bool",
        default=True,
        title=_("Cancel receipts on their own day only"),
        help=_("Later a receipt is reversed by an entry instead."),
        article="FIN-05",
        enforced_at=("modules.finance.services.voiding:cancel_receipt",),
    ),
    PolicyKey(
        code="FIN-10.cash_step",
        kind="money",
        default="0.10 ILS",
        title=_("Smallest step of cash"),
        help=_("Cash in this currency is taken in multiples of this; zero for no such rule."),
        article="FIN-10",
        enforced_at=("modules.finance.services.receiving:_refuse_instrument",),
    ),
    PolicyKey(
        code="FIN-12.maker_checker",
        kind="bool",
        default=True,
        title=_("A second person takes a receipt back"),
        help=_("Whoever received the money neither cancels nor reverses the receipt."),
        article="FIN-12",
        enforced_at=("modules.finance.services.voiding:_refuse_same_person",),
    ),
    PolicyKey(
        code="REV-04.finance_manager_max_percent",
        kind="percent",
        default="0",
        bounds=(0, 100),
        title=_("Discount the finance manager may grant"),
        help=_("As a percentage of the due, all discounts and exemptions on it counted together."),
        article="REV-04",
        basis_date="decision",
        enforced_at=("modules.finance.services.credits:_refuse_above_authority",),
    ),
    PolicyKey(
        code="REV-04.mayor_max_percent",
        kind="percent",
        default="10",
        bounds=(0, 100),
        title=_("Discount the mayor may grant"),
        help=_("As a percentage of the due, all discounts and exemptions on it counted together."),
        article="REV-04",
        basis_date="decision",
        enforced_at=("modules.finance.services.credits:_refuse_above_authority",),
    ),
    PolicyKey(
        code="REV-04.council_max_percent",
        kind="percent",
        default="100",
        bounds=(0, 100),
        title=_("Discount the council may grant"),
        help=_("As a percentage of the due, all discounts and exemptions on it counted together."),
        article="REV-04",
        basis_date="decision",
        enforced_at=("modules.finance.services.credits:_refuse_above_authority",),
    ),
    PolicyKey(
        code="REV-11.order",
        kind="choice",
        default="oldest_first",
        choices=("oldest_first", "by_kind", "citizen_choice"),
        title=_("Order of settling dues"),
        help=_(
            "In which order an amount settles the chosen dues: the oldest first, by kind of due, or as the payer asks."
        ),
        article="REV-11",
        enforced_at=("modules.finance.services.receiving:_divide",),
    ),
    PolicyKey(
        code="REV-11.fines_first",
        kind="bool",
        default=False,
        title=_("Fines before other dues"),
        help=_("Whether fines are settled before everything else, whatever the order."),
        article="REV-11",
        enforced_at=("modules.finance.services.receiving:_divide",),
    ),
)


def _kind(code: str, title_ar: str, title_en: str, receivable: str, revenue: str) -> DuesKind:
    return DuesKind(
        code=f"finance.{code}",
        title_ar=title_ar,
        title_en=title_en,
        receivable_account=receivable,
        revenue_account=revenue,
    )


DUES_KINDS = (
    _kind("property_tax", "ضريبة أملاك", "Property tax", "1201", "411"),
    _kind("education_tax", "ضريبة معارف", "Education tax", "1202", "412"),
    _kind("water", "مياه", "Water", "1203", "431"),
    _kind("sewerage", "صرف صحي", "Sewerage", "1204", "433"),
    _kind("electricity", "كهرباء", "Electricity", "1205", "432"),
    _kind("waste", "نفايات", "Waste", "1206", "434"),
    _kind("crafts", "رخص حرف", "Craft licences", "1207", "421"),
    _kind("building", "رسوم ترخيص وتنظيم", "Building and planning fees", "1208", "422"),
    _kind("rent", "إيجارات", "Rents", "1209", "441"),
    _kind("fines", "غرامات", "Fines", "1210", "451"),
    _kind("streets", "مشاركة شوارع وأرصفة", "Street and pavement shares", "1211", "472"),
    _kind("services", "رسوم طلبات وشهادات", "Requests and certificates", "1212", "425"),
    _kind("plant_hire", "أجور آليات", "Plant hire", "1213", "435"),
    _kind("carried_forward", "دين مدور", "Carried-forward debt", "1218", "471"),
    _kind("other", "ذمم متفرقة", "Other dues", "1219", "471"),
)

MODULE = Module(
    code="finance",
    title=_("Finance"),
    summary=_("Dues, receipts and the books of accounts."),
    permissions=PERMISSIONS,
    roles=ROLES,
    policy_keys=POLICY_KEYS,
    document_types=(
        DocumentType(code="finance.receipt", title=_("Receipt voucher")),
        DocumentType(code="finance.statement", title=_("Statement of account"), confidential=True),
        DocumentType(
            code="finance.closing", title=_("Closing sheet of a cash session"), confidential=True
        ),
    ),
    number_series=(
        NumberSeries(
            code="finance.receipt", title=_("Receipts"), pattern="{book}-{year}/{number:05d}"
        ),
        NumberSeries(
            code="finance.entry", title=_("Entries"), pattern="{book} {year}/{number:05d}"
        ),
        NumberSeries(code="finance.statement", title=_("Statements of account")),
        NumberSeries(
            code="finance.closing", title=_("Closing sheets"), pattern="{book}-{year}/{number:04d}"
        ),
    ),
    dues_kinds=DUES_KINDS,
    ports=(
        PortProvision(port="kernel.ports.dues.DuesPort", provider="modules.finance.ports.Dues"),
        PortProvision(
            port="kernel.ports.charges.ChargePort", provider="modules.finance.ports.Charges"
        ),
    ),
    menu=(
        MenuItem(
            code="desk",
            title=_("Cash desk"),
            url_name="finance:desk",
            icon="cash",
            permission="finance.receive",
            group="money",
            order=10,
        ),
        MenuItem(
            code="receipts",
            title=_("Receipts"),
            url_name="finance:receipts",
            icon="receipt",
            permission="finance.receive",
            group="money",
            order=20,
        ),
        MenuItem(
            code="charges",
            title=_("Dues"),
            url_name="finance:charges",
            icon="coins",
            permission="finance.read",
            group="money",
            order=30,
        ),
        MenuItem(
            code="books",
            title=_("Books"),
            url_name="finance:trial-balance",
            icon="book",
            permission="finance.read",
            group="money",
            order=40,
        ),
        MenuItem(
            code="opening",
            title=_("Old dues"),
            url_name="finance:opening-list",
            icon="file-import",
            permission="finance.import_opening",
            group="money",
            order=50,
        ),
        MenuItem(
            code="set-up",
            title=_("Accounts and kinds"),
            url_name="finance:accounts",
            icon="list-tree",
            permission="finance.manage_accounts",
            group="settings",
            order=60,
        ),
    ),
    tiles=(
        Tile(
            code="received-today",
            title=_("Received today"),
            provider="modules.finance.tiles.received_today",
            permission="finance.receive",
            order=30,
        ),
        Tile(
            code="session",
            title=_("My cash session"),
            provider="modules.finance.tiles.own_session_state",
            permission="finance.receive",
            order=31,
        ),
        Tile(
            code="owed",
            title=_("Owed to the municipality"),
            provider="modules.finance.tiles.owed_in_all",
            permission="finance.read",
            order=60,
        ),
    ),
    indicators=(
        Indicator(
            code="finance.collected_this_month",
            title=_("Collected this month"),
            provider="modules.finance.indicators.collected_this_month",
            unit="ILS",
        ),
        Indicator(
            code="finance.collection_rate",
            title=_("Collected of what was charged"),
            provider="modules.finance.indicators.collection_rate",
            unit="%",
        ),
        Indicator(
            code="finance.owed",
            title=_("Dues outstanding"),
            provider="modules.finance.indicators.owed",
            unit="ILS",
        ),
    ),
    panels=(
        Panel(
            code="dues",
            title=_("Dues"),
            subject="party",
            provider="modules.finance.panels.dues_of_party",
            permission="finance.read_dues",
            order=10,
        ),
        Panel(
            code="receipts",
            title=_("Receipts"),
            subject="party",
            provider="modules.finance.panels.receipts_of_party",
            permission="finance.read_dues",
            order=40,
        ),
    ),
    search_sources=(
        SearchSource(
            provider="modules.finance.searching.receipts_by_number", permission="finance.read_dues"
        ),
    ),
    file_guards=(FileGuard(provider="modules.finance.selectors.opening.visible_files"),),
    jobs=(
        JobKind(
            code="finance.check_opening",
            title=_("Check a sheet of old dues"),
            runner="modules.finance.jobs.check_opening",
        ),
        JobKind(
            code="finance.load_opening",
            title=_("Load old dues"),
            runner="modules.finance.jobs.load_opening",
        ),
    ),
    schedules=(Schedule(task="finance.prove_books", every_seconds=24 * 3600),),
    page_urls="modules.finance.pages.urls",
    api_urls="modules.finance.api.urls",
    seeds=("modules.finance.seeds.plant",),
)
