"""Lists as work tools. Page authors import from here."""

from frontend.tables.columns import (
    AmountColumn,
    CodeColumn,
    Column,
    DateColumn,
    LinkColumn,
    StateColumn,
)
from frontend.tables.listing import list_page
from frontend.tables.table import DeskTable

__all__ = [
    "AmountColumn",
    "CodeColumn",
    "Column",
    "DateColumn",
    "DeskTable",
    "LinkColumn",
    "StateColumn",
    "list_page",
]
