"""Where a photograph was taken is nobody's to know: least of all of who asked to stay hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kernel.files.models import StoredFile
from kernel.files.services import store_file
from kernel.files.tests.test_traces import SECRETS, photograph
from kernel.viewer import Viewer
from modules.frontdesk.models import RequestPaper
from modules.frontdesk.services import attach_paper
from modules.frontdesk.services.online import begin_online, hand_in
from modules.frontdesk.tests.factories import COMPLAINT, PETITION, draft
from modules.frontdesk.tests.online import CITIZEN, ID_NUMBER, PHONE


def _tells(file: StoredFile) -> bool:
    return any(secret in file.read() for secret in SECRETS)


def test_a_hidden_reporters_photograph_does_not_tell_where_they_live(
    amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    made = draft("FD-002", by=amal, applicant=nour, answers=COMPLAINT, is_hidden=True)
    upload = SimpleUploadedFile("حاوية.jpg", photograph(), "image/jpeg")
    client_for("amal").post(
        reverse("frontdesk:draft-papers", args=[made.uid]), {"requirement": "other", "file": upload}
    )
    paper = RequestPaper.objects.get(request=made)
    assert paper.file is not None
    assert not _tells(paper.file)
    assert not any(_tells(one) for one in StoredFile.objects.select_related("blob"))
    served = client_for("amal").get(reverse("files:file", args=[paper.file.uid]))
    assert not any(secret in b"".join(served) for secret in SECRETS)


def test_a_paper_sent_from_the_web_carries_no_place(nour: Any) -> None:
    made = begin_online("FD-001", id_number=ID_NUMBER, phone=PHONE, by=CITIZEN)
    paper = hand_in(
        made.uid, requirement="identity_card", content=photograph(), name="هوية.jpg", by=CITIZEN
    )
    assert paper.file is not None
    assert not _tells(paper.file)
    assert paper.file.came_sha256


def test_a_file_given_before_is_attached_without_its_traces(amal: Viewer, nour: Any) -> None:
    given = store_file(photograph(), "هوية.jpg", amal)
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    paper = attach_paper(made.uid, requirement="identity_card", file=given, by=amal)
    assert paper.file is not None
    assert paper.file != given
    assert not _tells(paper.file)
