"""`/files`: give bytes once, refer to them by id; read only what a module lets you see."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.idempotency import idempotent
from kernel.files.selectors import file_for
from kernel.files.services import store_file


class FileIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)


class FileOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    media_type = serializers.CharField(help_text="As found in the content, whatever the name says.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    uploaded_at = serializers.DateTimeField(source="created_at")


class Files(Endpoint):
    """Files: stored once by content, refused when empty, too large or of another kind than they claim."""

    module = "kernel"
    scope = "files"
    permissions: ClassVar = {"create": None, "retrieve": None, "content": None}
    serializer_class = FileOut
    queryset = None

    @extend_schema(
        operation_id="files_create",
        request={"multipart/form-data": FileIn},
        responses={201: FileOut},
    )
    @idempotent()
    def create(self, request: Request) -> Response:
        """Store a file; refer to it by its id afterwards."""
        given = self.parsed(FileIn)["file"]
        stored = store_file(given, given.name, by=self.viewer)
        response = Response(FileOut(stored).data, status=201)
        response["Location"] = f"/api/v1/files/{stored.uid}"
        return response

    @extend_schema(operation_id="files_retrieve", responses=FileOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """What is known of a file."""
        return Response(FileOut(file_for(self.viewer, UUID(uid))).data)

    @extend_schema(
        operation_id="files_content",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], url_path="content")
    def content(self, request: Request, uid: str) -> FileResponse:
        """The bytes."""
        stored = file_for(self.viewer, UUID(uid))
        return FileResponse(
            stored.open(), as_attachment=True, filename=stored.name, content_type=stored.media_type
        )
