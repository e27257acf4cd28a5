"""Where the worker finds the edge's tasks."""

from api.webhooks.delivering import deliver, sweep

__all__ = ["deliver", "sweep"]
