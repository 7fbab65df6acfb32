"""The maker of made-up mentions, one JSON line each."""

import json
from datetime import UTC, datetime, timedelta

START = datetime(2024, 3, 1, tzinfo=UTC)


def mention_line(number: int, seconds: float, **fields: object) -> bytes:
    """One readable mention, `seconds` after `START`."""
    at = (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record = {
        "id": f"m{number}",
        "brand": "Acme",
        "network": "forum",
        "created_at": at,
        "text": f"mention number {number}",
    }
    return json.dumps(record | fields).encode()
