"""What the front desk declares of itself."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import (
    DocumentType,
    DuesKind,
    FileGuard,
    Handler,
    Indicator,
    MenuItem,
    Module,
    NumberSeries,
    Panel,
    Permission,
    PortProvision,
    RoleTemplate,
    Schedule,
    SearchSource,
    Tile,
)
from modules.frontdesk.document_types import DOCUMENT_TYPES
from modules.frontdesk.offline_menu import OFFLINE_MENU
from modules.frontdesk.policy_keys import POLICY_KEYS
from modules.frontdesk.webhooks import WEBHOOKS

PERMISSIONS = (
    Permission(
        code="frontdesk.open",
        title=_("Open requests"),
        sentence=_("May take a citizen's request, attach papers and submit it."),
    ),
    Permission(
        code="frontdesk.work",
        title=_("Work on steps"),
        sentence=_(
            "May take up and complete steps of their own sections, and return requests to the citizen."
        ),
    ),
    Permission(
        code="frontdesk.lead",
        title=_("Lead a section's work"),
        sentence=_("May act on every step of their own sections and assign steps to colleagues."),
    ),
    Permission(
        code="frontdesk.decide",
        title=_("Decide requests"),
        sentence=_(
            "May approve or reject a request at the step that decides in their own sections."
        ),
    ),
    Permission(
        code="frontdesk.waive",
        title=_("Waive a paper"),
        sentence=_("May let a request go on without a required paper, with a reason."),
    ),
    Permission(
        code="frontdesk.issue",
        title=_("Issue documents"),
        sentence=_("May print the document of a decided request."),
    ),
    Permission(
        code="frontdesk.hand_over",
        title=_("Hand documents over"),
        sentence=_("May hand a document to the citizen and record who received it."),
    ),
    Permission(
        code="frontdesk.withdraw",
        title=_("Withdraw requests"),
        sentence=_("May record that a citizen took a request back."),
    ),
    Permission(
        code="frontdesk.see_all",
        title=_("See every request"),
        sentence=_("May see requests of all sections."),
    ),
    Permission(
        code="frontdesk.see_hidden",
        title=_("See hidden complainants"),
        sentence=_("May see who made a complaint whose name is hidden."),
    ),
    Permission(
        code="frontdesk.see_confidential",
        title=_("See confidential papers"),
        sentence=_("May open confidential papers of requests."),
    ),
    Permission(
        code="frontdesk.catalogue",
        title=_("Keep the catalogue"),
        sentence=_("May offer services and publish their versions: days, fees, papers, route."),
    ),
    Permission(
        code="frontdesk.hall",
        title=_("Work in the hall"),
        sentence=_("May give tickets of the hall and call them at a counter."),
    ),
    Permission(
        code="frontdesk.hall_keep",
        title=_("Set up the hall"),
        sentence=_("May set the hall's categories, counters and screens."),
    ),
)

ROLES = (
    RoleTemplate(
        code="service_clerk",
        title_ar="موظف خدمات الجمهور",
        title_en="Service clerk",
        permissions=(
            "parties.read",
            "parties.register",
            "finance.read_dues",
            "frontdesk.open",
            "frontdesk.work",
            "frontdesk.issue",
            "frontdesk.hand_over",
            "frontdesk.withdraw",
            "frontdesk.hall",
        ),
    ),
    RoleTemplate(
        code="head_of_desk",
        title_ar="رئيس قسم خدمات الجمهور",
        title_en="Head of the front desk",
        permissions=(
            "parties.read",
            "parties.register",
            "parties.merge",
            "finance.read_dues",
            "frontdesk.open",
            "frontdesk.work",
            "frontdesk.lead",
            "frontdesk.waive",
            "frontdesk.issue",
            "frontdesk.hand_over",
            "frontdesk.withdraw",
            "frontdesk.see_all",
            "frontdesk.hall",
            "frontdesk.hall_keep",
            "printing.reprint",
        ),
    ),
    RoleTemplate(
        code="section_engineer",
        title_ar="مهندس القسم",
        title_en="Section engineer",
        permissions=("parties.read", "frontdesk.work"),
    ),
    RoleTemplate(
        code="section_officer",
        title_ar="موظف القسم",
        title_en="Section officer",
        permissions=("parties.read", "frontdesk.work"),
    ),
    RoleTemplate(
        code="section_head",
        title_ar="رئيس القسم",
        title_en="Head of section",
        permissions=(
            "parties.read",
            "organisation.lead_beneath",
            "frontdesk.work",
            "frontdesk.lead",
            "frontdesk.decide",
            "frontdesk.see_confidential",
        ),
    ),
    RoleTemplate(
        code="manager",
        title_ar="رئيس البلدية أو المفوض بالتوقيع",
        title_en="Mayor or delegate who decides",
        permissions=(
            "parties.read",
            "finance.read_dues",
            "organisation.lead_beneath",
            "frontdesk.work",
            "frontdesk.lead",
            "frontdesk.decide",
            "frontdesk.waive",
            "frontdesk.see_all",
            "frontdesk.see_hidden",
            "frontdesk.see_confidential",
            "policies.override",
        ),
    ),
    RoleTemplate(
        code="catalogue_keeper",
        title_ar="مسؤول دليل الخدمات",
        title_en="Keeper of the service catalogue",
        permissions=("frontdesk.catalogue", "frontdesk.hall_keep"),
    ),
)

_HANDLED = "modules.frontdesk.handlers"

MODULE = Module(
    code="frontdesk",
    title=_("Front desk"),
    summary=_("Citizens' requests from the counter to the handed-over document."),
    permissions=PERMISSIONS,
    roles=ROLES,
    policy_keys=POLICY_KEYS,
    document_types=(
        *DOCUMENT_TYPES,
        DocumentType(code="visit_photo", title=_("Photo of a site visit")),
        DocumentType(code="signed_sheet", title=_("Signed sheet of a step")),
        DocumentType(code="issued_document", title=_("Document issued on a request")),
    ),
    number_series=(
        NumberSeries(code="frontdesk.request", title=_("Requests")),
        NumberSeries(
            code="frontdesk.certificate",
            title=_("Documents of the front desk"),
            pattern="FD-{year}/{number:05d}",
        ),
    ),
    dues_kinds=(
        DuesKind(
            code="frontdesk.request_fee",
            title_ar="رسوم معاملات",
            title_en="Fees of requests",
            receivable_account="1212",
            revenue_account="425",
        ),
        DuesKind(
            code="frontdesk.certificate_fee",
            title_ar="رسوم شهادات",
            title_en="Fees of certificates",
            receivable_account="1212",
            revenue_account="425",
        ),
    ),
    ports=(
        PortProvision(
            port="kernel.ports.requests.RequestPort", provider="modules.frontdesk.ports.Requests"
        ),
    ),
    handlers=(
        Handler(event="finance.ChargeSettled", handler=f"{_HANDLED}.on_charge_settled"),
        Handler(event="finance.ChargeReopened", handler=f"{_HANDLED}.on_charge_reopened"),
        Handler(event="calendar.HolidaysChanged", handler=f"{_HANDLED}.on_holidays_changed"),
        Handler(event="frontdesk.RequestSubmitted", handler=f"{_HANDLED}.on_request_submitted"),
        Handler(event="frontdesk.StepOpened", handler=f"{_HANDLED}.on_step_opened"),
        Handler(event="frontdesk.RequestReturned", handler=f"{_HANDLED}.on_request_returned"),
        Handler(event="frontdesk.RequestResubmitted", handler=f"{_HANDLED}.on_request_resubmitted"),
        Handler(event="frontdesk.FeeAssessed", handler=f"{_HANDLED}.on_fee_assessed"),
        Handler(event="frontdesk.RequestDecided", handler=f"{_HANDLED}.on_request_decided"),
        Handler(event="frontdesk.RequestCompleted", handler=f"{_HANDLED}.on_request_completed"),
        Handler(event="frontdesk.RequestWithdrawn", handler=f"{_HANDLED}.on_request_withdrawn"),
    ),
    webhooks=WEBHOOKS,
    menu=(
        *OFFLINE_MENU,
        MenuItem(
            code="frontdesk",
            title=_("Requests"),
            url_name="frontdesk:inbox",
            icon="inbox",
            group="work",
            order=10,
        ),
        MenuItem(
            code="frontdesk-new",
            title=_("New request"),
            url_name="frontdesk:new",
            icon="file-plus",
            permission="frontdesk.open",
            group="work",
            order=20,
        ),
        MenuItem(
            code="frontdesk-where",
            title=_("Where is the request?"),
            url_name="frontdesk:where",
            icon="map-pin",
            group="work",
            order=30,
        ),
        MenuItem(
            code="frontdesk-list",
            title=_("All requests"),
            url_name="frontdesk:list",
            icon="list",
            group="work",
            order=40,
        ),
        MenuItem(
            code="frontdesk-hall",
            title=_("Service hall"),
            url_name="frontdesk:hall",
            icon="ticket",
            permission="frontdesk.hall",
            group="work",
            order=15,
        ),
        MenuItem(
            code="frontdesk-sessions",
            title=_("Committees' sessions"),
            url_name="frontdesk:sessions",
            icon="users-group",
            permission="frontdesk.lead",
            group="work",
            order=45,
        ),
        MenuItem(
            code="frontdesk-figures",
            title=_("Figures"),
            url_name="frontdesk:figures",
            icon="chart-bar",
            permission="frontdesk.see_all",
            group="work",
            order=50,
        ),
        MenuItem(
            code="frontdesk-catalogue",
            title=_("Services"),
            url_name="frontdesk:catalogue",
            icon="list-details",
            permission="frontdesk.catalogue",
            group="settings",
            order=30,
        ),
        MenuItem(
            code="frontdesk-hall-setup",
            title=_("Set up the hall"),
            url_name="frontdesk:hall-setup",
            icon="ticket",
            permission="frontdesk.hall_keep",
            group="settings",
            order=35,
        ),
    ),
    tiles=(
        Tile(
            code="frontdesk-mine",
            title=_("Waiting for me"),
            provider="modules.frontdesk.tiles.waiting_for_me",
            permission="frontdesk.work",
            order=10,
        ),
        Tile(
            code="frontdesk-overdue",
            title=_("Overdue steps"),
            provider="modules.frontdesk.tiles.overdue",
            permission="frontdesk.work",
            order=20,
        ),
        Tile(
            code="frontdesk-today",
            title=_("Requests today"),
            provider="modules.frontdesk.tiles.submitted_today",
            permission="frontdesk.open",
            order=25,
        ),
    ),
    indicators=(
        Indicator(
            code="K01",
            title=_("Median working days to decide"),
            provider="modules.frontdesk.indicators.median_days",
            unit="working_days",
        ),
        Indicator(
            code="K02",
            title=_("Decided within the promised time"),
            provider="modules.frontdesk.indicators.on_time_share",
            unit="%",
        ),
        Indicator(
            code="K11",
            title=_("Requests received"),
            provider="modules.frontdesk.indicators.received",
        ),
    ),
    panels=(
        Panel(
            code="frontdesk-requests",
            title=_("Requests"),
            subject="party",
            provider="modules.frontdesk.panels.requests_of_person",
            order=20,
        ),
        Panel(
            code="frontdesk-place-requests",
            title=_("Requests"),
            subject="land_unit",
            provider="modules.frontdesk.panels.requests_of_place",
            order=20,
        ),
    ),
    search_sources=(SearchSource(provider="modules.frontdesk.search.find_requests"),),
    file_guards=(FileGuard(provider="modules.frontdesk.selectors.requests.visible_file_ids"),),
    schedules=(Schedule(task="frontdesk.nightly", every_seconds=6 * 3600),),
    page_urls="modules.frontdesk.pages.urls",
    citizen_urls="modules.frontdesk.pages.citizen_urls",
    api_urls="modules.frontdesk.api.urls",
    seeds=("modules.frontdesk.seeds.plant",),
    demo=("modules.frontdesk.demo.plant",),
)
