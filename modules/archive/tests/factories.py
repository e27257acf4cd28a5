"""Files and records for the archive's stories."""

from __future__ import annotations

from itertools import count
from typing import Any

from kernel.files.models import StoredFile
from kernel.files.services import store_file
from kernel.viewer import Viewer
from modules.archive.models import Record
from modules.archive.services import file_document

_contents = count(1)


def a_pdf() -> bytes:
    """A one-page PDF whose content nobody has filed yet."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d 842]>>" % (100 + next(_contents)),
    ]
    body = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj" % number + each + b"endobj\n"
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(
        b"%010d 00000 n \n" % one for one in places
    )
    return body + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)


def a_file(name: str = "ورقة.pdf", *, by: Viewer) -> StoredFile:
    return store_file(a_pdf(), name, by)


def a_record(title: str = "سند ملكية", *, by: Viewer, **facts: Any) -> Record:
    """A paper filed by a module under a request of its own."""
    file = facts.pop("file", None) or a_file(by=by)
    facts.setdefault("type_code", "title_deed")
    facts.setdefault("subject", f"request:{file.uid}")
    return file_document(file_id=file.pk, title=title, by=by, **facts)
