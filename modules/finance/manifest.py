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
    PortProvision,
    Schedule,
    SearchSource,
    Tile,
)
from modules.finance.every_policy_key import EVERY_POLICY_KEY
from modules.finance.permissions import PERMISSIONS, ROLES
from modules.finance.webhooks import WEBHOOKS


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
    _kind("cheque_cost", "بدل شيك راجع", "Charge for a returned cheque", "1219", "475"),
    _kind("bounced_cheque", "قيمة شيك راجع", "Value of a returned cheque", "1219", "133"),
    _kind("building_deposit", "تأمين رخصة بناء", "Deposit for a building permit", "1208", "221"),
    _kind("rent_deposit", "تأمين إيجار", "Deposit for a lease", "1209", "222"),
    _kind("carried_forward", "دين مدور", "Carried-forward debt", "1218", "471"),
    _kind("other", "ذمم متفرقة", "Other dues", "1219", "471"),
)

MODULE = Module(
    code="finance",
    title=_("Finance"),
    summary=_("Dues, receipts and the books of accounts."),
    permissions=PERMISSIONS,
    roles=ROLES,
    policy_keys=EVERY_POLICY_KEY,
    document_types=(
        DocumentType(code="finance.receipt", title=_("Receipt voucher")),
        DocumentType(code="finance.statement", title=_("Statement of account"), confidential=True),
        DocumentType(
            code="finance.closing", title=_("Closing sheet of a cash session"), confidential=True
        ),
        DocumentType(code="finance.scan", title=_("Scanned paper of the books"), confidential=True),
        DocumentType(code="finance.demand", title=_("Demand notice"), confidential=True),
        DocumentType(code="finance.warning", title=_("Warning to pay"), confidential=True),
        DocumentType(code="finance.payment", title=_("Payment voucher"), confidential=True),
        DocumentType(code="finance.voucher", title=_("Journal voucher"), confidential=True),
        DocumentType(
            code="finance.reconciliation",
            title=_("Reconciliation of a bank account"),
            confidential=True,
        ),
        DocumentType(code="finance.plan", title=_("Instalment agreement"), confidential=True),
        DocumentType(code="finance.cheques_taken", title=_("Cheques taken"), confidential=True),
        DocumentType(code="finance.deposit_slip", title=_("Deposit slip"), confidential=True),
        DocumentType(
            code="finance.bounce_letter",
            title=_("Letter about a bounced cheque"),
            confidential=True,
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
            code="finance.demand", title=_("Demand notices"), pattern="DN-{year}/{number:05d}"
        ),
        NumberSeries(
            code="finance.warning", title=_("Warnings to pay"), pattern="W-{year}/{number:05d}"
        ),
        NumberSeries(
            code="finance.spending", title=_("Spending requests"), pattern="SP-{year}/{number:05d}"
        ),
        NumberSeries(
            code="finance.payment", title=_("Payment vouchers"), pattern="PV-{year}/{number:05d}"
        ),
        NumberSeries(
            code="finance.plan", title=_("Instalment plans"), pattern="P-{year}/{number:05d}"
        ),
        NumberSeries(
            code="finance.cheques_taken", title=_("Cheques taken"), pattern="Q-{year}/{number:05d}"
        ),
        NumberSeries(
            code="finance.deposit_slip", title=_("Deposit slips"), pattern="D-{year}/{number:05d}"
        ),
        NumberSeries(
            code="finance.bounce_letter",
            title=_("Letters about bounced cheques"),
            pattern="BL-{year}/{number:04d}",
        ),
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
        PortProvision(
            port="kernel.ports.paying.PayingPort", provider="modules.finance.ports.Paying"
        ),
    ),
    webhooks=WEBHOOKS,
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
            permission="finance.read_receipts",
            group="money",
            order=20,
        ),
        MenuItem(
            code="online",
            title=_("Online payments"),
            url_name="finance:online",
            icon="world",
            permission="finance.read",
            group="money",
            order=21,
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
            code="campaigns",
            title=_("Campaigns"),
            url_name="finance:campaigns",
            icon="discount",
            permission="finance.read",
            group="money",
            order=32,
        ),
        MenuItem(
            code="receipt-books",
            title=_("Receipt books"),
            url_name="finance:receipt-books",
            icon="notebook",
            permission="finance.read_receipts",
            group="money",
            order=22,
        ),
        MenuItem(
            code="warnings",
            title=_("Warnings to pay"),
            url_name="finance:warnings",
            icon="mail",
            permission="finance.read_plans",
            group="money",
            order=34,
        ),
        MenuItem(
            code="cheques",
            title=_("Cheques"),
            url_name="finance:cheques",
            icon="checks",
            permission="finance.read_cheques",
            group="money",
            order=35,
        ),
        MenuItem(
            code="bank",
            title=_("Bank statements"),
            url_name="finance:bank-statements",
            icon="building-bank",
            permission="finance.read_bank",
            group="money",
            order=36,
        ),
        MenuItem(
            code="plans",
            title=_("Instalment plans"),
            url_name="finance:plans",
            icon="calendar-dollar",
            permission="finance.read_plans",
            group="money",
            order=33,
        ),
        MenuItem(
            code="spending",
            title=_("Spending"),
            url_name="finance:spendings",
            icon="cash-banknote",
            permission="finance.read_spending",
            group="money",
            order=37,
        ),
        MenuItem(
            code="suppliers",
            title=_("Suppliers"),
            url_name="finance:suppliers",
            icon="building-store",
            permission="finance.read_spending",
            group="money",
            order=39,
        ),
        MenuItem(
            code="budget",
            title=_("Budget"),
            url_name="finance:budget",
            icon="chart-pie",
            permission="finance.read_spending",
            group="money",
            order=38,
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
            code="finance.collected",
            title=_("Collected"),
            provider="modules.finance.indicators.collected",
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
    file_guards=(
        FileGuard(provider="modules.finance.selectors.opening.visible_files"),
        FileGuard(provider="modules.finance.selectors.bank.visible_files"),
        FileGuard(provider="modules.finance.selectors.attachments.visible_files"),
    ),
    jobs=(
        JobKind(
            code="finance.check_opening",
            title=_("Check a sheet of old dues"),
            runner="modules.finance.jobs.check_opening",
        ),
        JobKind(
            code="finance.roll",
            title=_("Assess everybody"),
            runner="modules.finance.jobs.run_assessment",
        ),
        JobKind(
            code="finance.load_opening",
            title=_("Load old dues"),
            runner="modules.finance.jobs.load_opening",
        ),
        JobKind(
            code="finance.undo_opening",
            title=_("Undo a batch of old dues"),
            runner="modules.finance.jobs.undo_opening",
        ),
    ),
    schedules=(
        Schedule(task="finance.prove_books", every_seconds=24 * 3600),
        Schedule(task="finance.review_plans", every_seconds=24 * 3600),
        Schedule(task="finance.review_warnings", every_seconds=24 * 3600),
        Schedule(task="finance.ask_gateway", every_seconds=300),
        Schedule(task="finance.end_online_day", every_seconds=3600),
    ),
    page_urls="modules.finance.pages.urls",
    citizen_urls="modules.finance.pages.citizen_urls",
    api_urls="modules.finance.api.urls",
    seeds=("modules.finance.seeds.plant",),
    demo=(
        "modules.finance.demo.show",
        "modules.finance.demo.spending.show",
        "modules.finance.demo.bank.show",
        "modules.finance.demo.online.show",
    ),
)
