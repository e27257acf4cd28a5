"""What integrators send and read; input and output apart. Enumerations are codes, never labels."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.values import MoneyIn, MoneyOut
from modules.frontdesk.constants import (
    ActsBy,
    Decision,
    DeficiencyKind,
    Recipient,
    RejectionReason,
    StepOutcome,
)


class WordsOut(serializers.Serializer[Any]):
    ar = serializers.CharField()
    en = serializers.CharField()


class ServiceOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    group = serializers.CharField()
    audience = serializers.CharField()
    is_offered = serializers.BooleanField()
    version = serializers.IntegerField()
    title_ar = serializers.CharField()
    title_en = serializers.CharField()
    days = serializers.IntegerField(help_text="Working days promised.")


class ServiceDetailOut(ServiceOut):
    in_force_from = serializers.DateField(allow_null=True)
    definition = serializers.JSONField(
        help_text="Form, papers, fees, gates, route and output of the version in force."
    )


class PaperIn(serializers.Serializer[Any]):
    requirement = serializers.CharField(
        max_length=60, help_text="Code of the paper the service asks for."
    )
    file = serializers.UUIDField(help_text="Id of a file stored by POST /files.")
    document_type = serializers.CharField(
        max_length=60,
        required=False,
        default="",
        allow_blank=True,
        help_text="When a substitute is brought.",
    )
    issued_on = serializers.DateField(required=False, allow_null=True, default=None)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class RequestIn(serializers.Serializer[Any]):
    service = serializers.CharField(max_length=20)
    applicant = serializers.UUIDField(required=False, allow_null=True, default=None)
    beneficiary = serializers.UUIDField(required=False, allow_null=True, default=None)
    agent = serializers.UUIDField(required=False, allow_null=True, default=None)
    acts_by = serializers.ChoiceField(
        choices=ActsBy.choices,
        required=False,
        default="",
        allow_blank=True,
        help_text="The paper by which the agent acts: a power of attorney, or a certificate of inheritance for heirs.",
    )
    agent_power_number = serializers.CharField(
        max_length=60, required=False, default="", allow_blank=True
    )
    agent_power_on = serializers.DateField(required=False, allow_null=True, default=None)
    agent_power_until = serializers.DateField(required=False, allow_null=True, default=None)
    land_unit = serializers.UUIDField(required=False, allow_null=True, default=None)
    contact_phone = serializers.CharField(
        max_length=20, required=False, default="", allow_blank=True
    )
    is_hidden = serializers.BooleanField(required=False, default=False)
    answers = serializers.DictField(required=False, default=dict)
    papers = PaperIn(many=True, required=False, default=list)
    submit = serializers.BooleanField(
        required=False,
        default=True,
        help_text="False leaves a draft. A gate that stops the request leaves one too.",
    )


class RequestChangeIn(serializers.Serializer[Any]):
    answers = serializers.DictField(required=False)
    contact_phone = serializers.CharField(max_length=20, required=False, allow_blank=True)


class StepIn(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(
        choices=[
            StepOutcome.DONE.value,
            StepOutcome.FAVOURABLE.value,
            StepOutcome.UNFAVOURABLE.value,
        ],
        required=False,
        default=StepOutcome.DONE.value,
    )
    answers = serializers.DictField(required=False, default=dict)
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=4000)
    fees = serializers.DictField(child=MoneyIn(), required=False, default=dict)


class DecisionIn(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=Decision.choices)
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=4000)
    reason_code = serializers.ChoiceField(
        choices=RejectionReason.choices, required=False, default="", allow_blank=True
    )


class DeficiencyIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=DeficiencyKind.choices)
    target = serializers.CharField(required=False, default="", allow_blank=True, max_length=60)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)


class ReturnIn(serializers.Serializer[Any]):
    deficiencies = DeficiencyIn(many=True)
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=1000)


class ResubmitIn(serializers.Serializer[Any]):
    mended = serializers.ListField(child=serializers.UUIDField(), required=False, default=list)
    answers = serializers.DictField(
        required=False,
        default=dict,
        help_text="New answers to the questions that were asked again; another answer mends its line.",
    )
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=1000)


class HandOverIn(serializers.Serializer[Any]):
    step = serializers.UUIDField()
    recipient = serializers.ChoiceField(
        choices=Recipient.choices, required=False, default=Recipient.APPLICANT.value
    )
    recipient_name = serializers.CharField(max_length=160)
    recipient_id_number = serializers.CharField(
        max_length=20, required=False, default="", allow_blank=True
    )
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class ReasonOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    sentence = serializers.CharField()
    target = serializers.CharField()


class GateOut(serializers.Serializer[Any]):
    gate = serializers.CharField()
    outcome = serializers.CharField(help_text="proceed, warn, pay_now or refuse.")
    article = serializers.CharField(help_text="Article of the policies manual, when one decided.")
    reasons = ReasonOut(many=True)
    total = MoneyOut(many=True)


class RequestOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    service = serializers.CharField()
    service_version = serializers.IntegerField()
    applicant = serializers.UUIDField(
        allow_null=True, help_text="Null where the name is hidden from this key."
    )
    is_hidden = serializers.BooleanField()
    channel = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    promised_on = serializers.DateField(allow_null=True)
    decision = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class StepOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    round = serializers.IntegerField()
    stage = serializers.IntegerField()
    kind = serializers.CharField()
    title = WordsOut()
    section = serializers.CharField()
    role = serializers.CharField()
    state = serializers.CharField()
    outcome = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    days_used = serializers.IntegerField(allow_null=True)


class PaperOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    requirement = serializers.CharField()
    document_type = serializers.CharField()
    status = serializers.CharField()
    file = serializers.UUIDField(allow_null=True)
    title = serializers.CharField()
    valid_until = serializers.DateField(allow_null=True)


class FeeOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    amount = MoneyOut()
    charge = serializers.CharField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    receipt_number = serializers.CharField()


class MissingOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    target = serializers.CharField()
    note = serializers.CharField()


class PauseOut(serializers.Serializer[Any]):
    """A stretch of days in which the clock stands still."""

    id = serializers.UUIDField()
    kind = serializers.CharField(help_text="citizen, external, payment.")
    body = serializers.CharField(allow_blank=True, help_text="The outside body that is asked.")
    started_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)


class DocumentOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    title = serializers.CharField()
    file = serializers.UUIDField()
    valid_until = serializers.DateField(allow_null=True)


class RequestDetailOut(RequestOut):
    answers = serializers.DictField()
    decision_reason = serializers.CharField()
    decision_reason_code = serializers.CharField()
    steps = StepOut(many=True)
    papers = PaperOut(many=True)
    fees = FeeOut(many=True)
    pauses = PauseOut(many=True)
    missing = MissingOut(many=True, help_text="What the citizen still has to mend.")
    document = DocumentOut(allow_null=True)
    gates = GateOut(many=True, required=False, help_text="Verdicts, in the answer to a submission.")


class TrailOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    verb = serializers.CharField()
    at = serializers.DateTimeField(source="created_at")
    actor = serializers.CharField(source="actor_name")
    text = serializers.CharField()
    score = serializers.IntegerField(
        source="facts.score", allow_null=True, default=None, help_text="Of a rating, 1 to 5."
    )
