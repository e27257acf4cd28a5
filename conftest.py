"""Fixtures for every test of the house; the database is real, the towns are replayed from the template."""

pytest_plugins = ["tests.plugin"]
