"""Helpers that several test packages share: plain modules, imported by name; fixtures are in `conftest.py`."""
