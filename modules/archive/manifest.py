"""What the archive declares of itself."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import (
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
    SearchSource,
    Tile,
)
from modules.archive.document_types import DOCUMENT_TYPES

PERMISSIONS = (
    Permission(
        code="archive.read",
        title=_("See papers of one's sections"),
        sentence=_(
            "May open the archive and see the papers filed for their own sections, and those they filed."
        ),
    ),
    Permission(
        code="archive.read_all",
        title=_("See the whole archive"),
        sentence=_("May see papers of all sections, without the confidential ones."),
    ),
    Permission(
        code="archive.read_confidential",
        title=_("See confidential papers of the archive"),
        sentence=_(
            "May open confidential papers among those they may see, within the roles that the manual names."
        ),
    ),
    Permission(
        code="archive.file",
        title=_("File papers by hand"),
        sentence=_(
            "May enter papers that come from no module, and take over issued papers that nobody filed."
        ),
    ),
)

ROLES = (
    RoleTemplate(
        code="archivist",
        title_ar="أمين الأرشيف",
        title_en="Archivist",
        permissions=(
            "parties.read",
            "archive.read",
            "archive.read_all",
            "archive.read_confidential",
            "archive.file",
        ),
    ),
    RoleTemplate(
        code="archive_reader",
        title_ar="مطلع على أرشيف القسم",
        title_en="Reader of a section's archive",
        permissions=("archive.read",),
    ),
)

POLICY_KEYS = (
    PolicyKey(
        code="ARC-02.finance_years",
        kind="int",
        default=10,
        bounds=(1, 100),
        title=_("Years for which financial papers are kept"),
        help=_("Counted from the end of the paper's own year. All other papers are kept for good."),
        article="ARC-02",
        basis_date="event",
        enforced_at=("modules.archive.services:retention_of",),
    ),
    PolicyKey(
        code="ARC-03.sensitive_roles",
        kind="list",
        default=[],
        title=_("Roles that may see confidential papers"),
        help=_(
            "Codes of roles. Besides the permission, one of these roles is then needed;"
            " as long as none is named, the permission is enough."
        ),
        article="ARC-03",
        enforced_at=("modules.archive.selectors:sees_confidential",),
    ),
)

MODULE = Module(
    code="archive",
    title=_("Archive"),
    summary=_("Every paper filed once, under a number, seen by the sections it concerns."),
    permissions=PERMISSIONS,
    roles=ROLES,
    policy_keys=POLICY_KEYS,
    document_types=DOCUMENT_TYPES,
    number_series=(NumberSeries(code="archive.record", title=_("Records of the archive")),),
    ports=(
        PortProvision(
            port="kernel.ports.filing.FilingPort", provider="modules.archive.ports.Filing"
        ),
    ),
    menu=(
        MenuItem(
            code="archive",
            title=_("Archive"),
            url_name="archive:list",
            icon="archive",
            permission="archive.read",
            group="records",
            order=10,
        ),
    ),
    tiles=(
        Tile(
            code="archive.filed-today",
            title=_("Papers filed"),
            provider="modules.archive.tiles.filed_today",
            permission="archive.read",
            order=70,
        ),
    ),
    indicators=(
        Indicator(
            code="archive.records",
            title=_("Papers filed"),
            provider="modules.archive.indicators.records_filed",
        ),
    ),
    panels=(
        Panel(
            code="archive",
            title=_("Archive"),
            subject="party",
            provider="modules.archive.panels.papers_of_party",
            permission="archive.read",
            order=70,
        ),
    ),
    search_sources=(
        SearchSource(provider="modules.archive.searching.find_records", permission="archive.read"),
    ),
    file_guards=(FileGuard(provider="modules.archive.selectors.visible_file_ids"),),
    jobs=(
        JobKind(
            code="archive.take_over",
            title=_("Filing of papers issued before"),
            runner="modules.archive.jobs.take_over_kept",
        ),
    ),
    page_urls="modules.archive.pages.urls",
    api_urls="modules.archive.api.urls",
)
