"""What a municipality must know of itself, kept in its own schema."""
