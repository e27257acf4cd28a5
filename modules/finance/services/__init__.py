"""Writes of the books, one verb each: keyword-only, `by=` the actor, one transaction with audit and event."""
