"""What all tests share: where the real records are, and lines made up for a test."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("BADBUZZ_SHARED", Path(__file__).resolve().parents[2] / "shared"))
START = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real records; without it the test skips, saying so."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"real records are missing: no {SHARED}/data (BADBUZZ_SHARED says where they are)")
    return SHARED


def mention_line(number: int, seconds: float, **fields: object) -> bytes:
    """One readable mention, `seconds` after `START`."""
    at = (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    record = {
        "id": f"m{number}",
        "brand": "Acme",
        "network": "forum",
        "created_at": at,
        "text": f"mention number {number}",
    }
    return json.dumps(record | fields).encode()
