"""The archive at the edge: parse, call, render."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from modules.archive.api.filters import RecordFilters
from modules.archive.api.serializers import RecordOut
from modules.archive.models import Record
from modules.archive.selectors import record_for, records


class Records(Endpoint):
    """Filed papers, as far as the key's account may see them."""

    module = "archive"
    scope = "archive"
    permissions: ClassVar = {"list": "archive.read", "retrieve": "archive.read"}
    queryset = Record.objects.none()
    serializer_class = RecordOut
    filterset_class = RecordFilters

    def get_queryset(self) -> QuerySet[Record]:
        return records(self.viewer)

    @extend_schema(responses=RecordOut(many=True))
    def list(self, request: Request) -> Response:
        """Records, newest first: of the account's sections, or of all with the right to read the whole archive."""
        return self.page(self.get_queryset(), RecordOut)

    @extend_schema(responses=RecordOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One record; its bytes are at `/files/{id}/content`."""
        record = record_for(self.viewer, UUID(uid))
        return self.versioned(record, RecordOut(record).data)
