"""Leak: a process-wide memory of row numbers (Django's content types): one town's number means another row elsewhere."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, transaction

from kernel.identity.models import User


def test_no_table_points_by_type_and_number() -> None:
    pointing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in settings.TENANT_LABELS
        for field in (*model._meta.get_fields(), *model._meta.private_fields)
        if isinstance(field, GenericForeignKey) or field.related_model is ContentType
    ]

    assert pointing == []


def test_the_table_of_types_is_not_there_to_be_asked(town: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ContentType.objects.get_for_model(User)
    with pytest.raises(DatabaseError), transaction.atomic():
        ContentType.objects.count()
