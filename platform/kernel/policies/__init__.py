"""What the policies manual says: typed keys, dated values, decisions bound to them, and overrides."""
