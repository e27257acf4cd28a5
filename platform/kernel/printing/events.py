from dataclasses import dataclass

from kernel.events.declaring import event


@event("printing.DocumentRevoked")
@dataclass(frozen=True)
class DocumentRevoked:
    """An issued document is no longer valid; `subject` is what it was about."""

    document_uid: str
    kind: str
    number: str
    subject: str
    reason: str
