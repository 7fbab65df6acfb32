"""Fixtures of the metrics' tests."""

import pytest

from tests.helpers.measured import Measured, measure, until_noon
from tests.helpers.records import crisis


@pytest.fixture(scope="package")
def in_crisis() -> Measured:
    """Two brands, one of them in the middle of a crisis."""
    return measure(until_noon(crisis()))
