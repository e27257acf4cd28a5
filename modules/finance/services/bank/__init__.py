"""Bank statements: read, taken in, matched with the books, reconciled."""
