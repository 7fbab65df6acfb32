"""A record of a crisis, for all commands."""

import pytest

from tests.helpers.records import crisis
from tests.helpers.terminal import write_lines


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of the record."""
    return write_lines(tmp_path_factory.mktemp("record") / "crisis.jsonl.gz", crisis())
