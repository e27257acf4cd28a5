"""A double click, a replayed request: nothing happens twice."""
