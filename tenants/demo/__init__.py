"""Showcase towns: synthetic people, staff and places, plausible and marked as demonstration.

Nobody here exists. Names are drawn from common given names and families; ID numbers have a right check digit in
a block kept for the demonstration (they begin with 9).
"""
