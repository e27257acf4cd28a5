"""Why a paper is not issued, copied or revoked."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput


class ReprintNeedsReason(InvalidInput):
    code = "reprint_needs_reason"
    sentence = _("Write why a copy is printed.")
    field = "reason"


class RevocationNeedsReason(InvalidInput):
    code = "revocation_needs_reason"
    sentence = _("Write why the document is revoked.")
    field = "reason"


class DocumentRevoked(Conflict):
    code = "document_revoked"
    sentence = _("Document %(number)s was revoked and cannot be copied.")


class DocumentAlreadyRevoked(Conflict):
    code = "document_already_revoked"
    sentence = _("Document %(number)s is already revoked.")
