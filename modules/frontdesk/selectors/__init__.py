"""Reads of the front desk; the viewer always comes first."""
