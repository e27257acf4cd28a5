"""Persons, organisations, heirs' groups and public bodies: who the municipality deals with.

Reads are in `selectors`, writes in `services`, the identifiers' rules in `identifiers`.
"""
