"""Questions one module asks another: a protocol, dataclasses, and the stated answer when nobody provides it."""

from kernel.ports.asking import PortAbsent, ask, is_provided

__all__ = ["PortAbsent", "ask", "is_provided"]
