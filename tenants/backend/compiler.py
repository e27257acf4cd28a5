"""Django's compilers, which refuse to write SQL for a query or a row of another municipality."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import compiler as postgresql

from tenants.stamps import refuse_foreign_query, refuse_foreign_row


class _Here:
    query: Any

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        refuse_foreign_query(self.query)
        return super().as_sql(*args, **kwargs)  # type: ignore[misc]


class SQLCompiler(_Here, postgresql.SQLCompiler):
    pass


class SQLInsertCompiler(_Here, postgresql.SQLInsertCompiler):
    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        for row in self.query.objs:
            refuse_foreign_row(row)
        return super().as_sql(*args, **kwargs)


class SQLDeleteCompiler(_Here, postgresql.SQLDeleteCompiler):
    pass


class SQLUpdateCompiler(_Here, postgresql.SQLUpdateCompiler):
    pass


class SQLAggregateCompiler(_Here, postgresql.SQLAggregateCompiler):
    pass
