"""What the archive tells at the edge; ids are uids."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from modules.archive.constants import Retention
from modules.archive.models import Record
from modules.archive.selectors import type_title


class FiledFileOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid", help_text="Its bytes: /files/{id}/content.")
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()


class RecordOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    number = serializers.CharField()
    title = serializers.CharField()
    type = serializers.CharField(source="type_code")
    type_title = serializers.SerializerMethodField()
    subject = serializers.CharField(
        help_text='What it belongs to, for example "request:<id>"; empty for none.'
    )
    party = serializers.UUIDField(source="party.uid", default=None, allow_null=True)
    file = FiledFileOut()
    is_confidential = serializers.BooleanField()
    dated_on = serializers.DateField()
    filed_on = serializers.DateField()
    filed_by = serializers.CharField(source="filed_by_name")
    retention = serializers.ChoiceField(choices=Retention.choices)
    keep_until = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_type_title(self, record: Record) -> str:
        return str(type_title(record.type_code))
