"""Logs are events with keys: JSON lines with tenant and request id, no personal data."""

from __future__ import annotations

from typing import Any

import structlog

from kernel.tenancy import current_schema_or_none


def tell_the_town(_logger: Any, _method: str, event: Any) -> Any:
    """Every line says in which municipality it was written, whoever wrote it."""
    schema = current_schema_or_none()
    if schema is not None:
        event.setdefault("tenant", schema)
    return event


SHARED_STEPS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    tell_the_town,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[
        *SHARED_STEPS,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": [*SHARED_STEPS, structlog.processors.format_exc_info],
        }
    },
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": "INFO"},
    "loggers": {"httpx": {"level": "WARNING"}, "django.server": {"level": "WARNING"}},
}
