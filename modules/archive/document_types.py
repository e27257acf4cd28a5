"""The archive's own types: the headings of municipal archives for papers that no module files."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import DocumentType

DOCUMENT_TYPES = (
    DocumentType(code="archive.incoming_letter", title=_("Incoming letter")),
    DocumentType(code="archive.outgoing_letter", title=_("Outgoing letter")),
    DocumentType(code="archive.memo", title=_("Internal memo")),
    DocumentType(code="archive.contract", title=_("Agreement or contract")),
    DocumentType(code="archive.project_paper", title=_("Paper of a project")),
    DocumentType(code="archive.asset_paper", title=_("Paper of an asset")),
    DocumentType(code="archive.licence_file", title=_("Paper of a building licence file")),
    DocumentType(code="archive.council_minutes", title=_("Minutes of the council")),
    DocumentType(code="archive.regulation", title=_("Law, regulation or procedure")),
    DocumentType(
        code="archive.staff_paper", title=_("Paper of a member of staff"), confidential=True
    ),
    DocumentType(code="archive.other", title=_("Other paper")),
)
