"""Two holes a linter of imports cannot see: string foreign keys, and too many tables."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from kernel.tenancy import TEMPLATE, use
from tenants.router import SchemaRouter

MOST_TABLES = 110
MOST_INDEXES = 450


def _models(labels: frozenset[str]) -> list[type[models.Model]]:
    return [
        one for one in apps.get_models(include_auto_created=True) if one._meta.app_label in labels
    ]


def _room(model: type[models.Model]) -> str:
    name = model.__module__
    return (
        "kernel"
        if name.startswith("kernel.") or not _is_ours(model)
        else ".".join(name.split(".")[:2])
    )


def _is_ours(model: type[models.Model]) -> bool:
    return model.__module__.split(".")[0] in {"kernel", "modules", "tenants", "api", "frontend"}


def _foreign_keys() -> list[Any]:
    return [
        pytest.param(model, field, id=f"{model._meta.label}.{field.name}")
        for model in _models(settings.TENANT_LABELS)
        if _is_ours(model)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.OneToOneField | models.ManyToManyField)
    ]


@pytest.mark.parametrize(("model", "field"), _foreign_keys())
def test_a_table_points_only_at_its_own_modules_and_the_kernels_tables(
    model: Any, field: Any
) -> None:
    target = _room(field.related_model)
    assert target in {"kernel", _room(model)}, (
        f"{model._meta.label}.{field.name} points at {field.related_model._meta.label}: modules know one another"
        " by ports and events, and keep ids as values"
    )


def test_no_foreign_key_leaves_the_schema() -> None:
    for model in _models(settings.TENANT_LABELS):
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey):
                assert field.related_model._meta.app_label in settings.TENANT_LABELS, field


def test_every_installed_table_belongs_somewhere() -> None:
    homeless = {"auth", "contenttypes"}
    router = SchemaRouter()
    for model in apps.get_models():
        label = model._meta.app_label
        if label in homeless:
            with use(TEMPLATE):
                assert not router.allow_migrate("default", label)
        else:
            assert label in settings.TENANT_LABELS | settings.SHARED_LABELS, label


def test_no_character_column_carries_a_second_index_for_like() -> None:
    for model in _models(settings.TENANT_LABELS):
        if not _is_ours(model):
            continue
        for field in model._meta.local_fields:
            if isinstance(field, models.CharField | models.TextField):
                assert not (field.unique or field.db_index), (
                    f"{model._meta.label}.{field.name}: declare UniqueConstraint or Index instead"
                )


def test_a_municipality_stays_within_its_budget_of_tables_and_indexes(town: str) -> None:
    with use(TEMPLATE), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE relkind = 'r'), count(*) FILTER (WHERE relkind = 'i')"
            " FROM pg_class WHERE relnamespace = %s::regnamespace",
            [TEMPLATE],
        )
        tables, indexes = cursor.fetchone()
    assert tables <= MOST_TABLES
    assert indexes <= MOST_INDEXES


def test_no_trigger_function_trusts_the_search_path(town: str) -> None:
    with use(TEMPLATE), connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = %s::regnamespace AND prosrc ~* 'search_path'",
            [TEMPLATE],
        )
        assert cursor.fetchall() == []
