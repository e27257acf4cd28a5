"""Reads of the books. `viewer` comes first; the only doors to a row are the `…_for` functions."""
