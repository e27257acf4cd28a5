from __future__ import annotations

from typing import ClassVar

import django_filters
import django_tables2
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from frontend.tables import CodeColumn, DateColumn, DeskTable, StateColumn
from kernel.audit.models import AuditEntry
from kernel.notifications.models import Channel, MessageStatus, OutgoingMessage
from kernel.notifications.selectors import shown_body

_KINDS = {"sent": "ok", "failed": "danger", "queued": "neutral", "sending": "info"}


class OutboxTable(DeskTable):
    empty_title = _("No message has been sent")

    created_at = DateColumn(verbose_name=_("Date"), time=True)
    channel = django_tables2.Column(verbose_name=_("By"))
    to = CodeColumn(verbose_name=_("To"), orderable=False)
    body = django_tables2.Column(verbose_name=_("Message"), orderable=False)
    status = StateColumn(verbose_name=_("State"), kinds=_KINDS)
    last_error = django_tables2.Column(verbose_name=_("Why not"), orderable=False)

    class Meta:
        model = OutgoingMessage
        fields = ("created_at", "channel", "to", "body", "status", "last_error")

    def render_body(self, value: str, record: OutgoingMessage) -> SafeString:
        said = shown_body(record)
        return format_html(
            "<bdi>{}</bdi>", f"{record.subject}: {said}"[:160] if record.subject else said[:160]
        )

    def render_last_error(self, value: str, record: OutgoingMessage) -> SafeString:
        if record.status != MessageStatus.FAILED:
            return SafeString("")
        return format_html("{}", value[:80])


class OutboxFilter(django_filters.FilterSet):
    channel = django_filters.ChoiceFilter(label=_("By"), choices=Channel.choices)
    status = django_filters.ChoiceFilter(label=_("State"), choices=MessageStatus.choices)
    to = django_filters.CharFilter(label=_("To"), lookup_expr="contains")

    class Meta:
        model = OutgoingMessage
        fields: ClassVar[list[str]] = []


class TrailFilter(django_filters.FilterSet):
    table_name = django_filters.CharFilter(label=_("Table"), lookup_expr="startswith")
    row_id = django_filters.CharFilter(label=_("Row"))
    actor_name = django_filters.CharFilter(label=_("By whom"), lookup_expr="icontains")
    request_id = django_filters.CharFilter(label=_("Operation number"))

    class Meta:
        model = AuditEntry
        fields: ClassVar[list[str]] = []
