"""Old dues from a sheet: a template to fill, a check of every row, loading in chunks, undoing a whole batch."""
