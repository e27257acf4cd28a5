"""Gapless numbers per series, year and book."""
